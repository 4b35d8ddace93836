"""Archives made to do harm: each is left with a reason, and nothing happens."""

import bz2
import io
import os
import stat
import struct
import zipfile

import pytest
from collect_builders import FILE, book, zipped
from grading_builders import UNIT

from nnkit.grading.cells import MAX_BYTES
from nnkit.grading.collect import archives, collect
from nnkit.grading.collect.archives import ArchiveError, Item, Left, items_in
from nnkit.sandbox.tidy import remove

NAME = f"lovelaceada_11_500_{FILE}"


def entry(name, kind=stat.S_IFREG):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info


@pytest.fixture
def take(workspace, release, tmp_path):
    def run(members, lms="canvas"):
        before = set(tmp_path.rglob("*"))
        path = tmp_path / "a.zip"
        path.write_bytes(members) if isinstance(members, bytes) else zipped(
            path, members
        )
        done = collect(workspace, release, [path], lms)
        new = set(tmp_path.rglob("*")) - before - {path}
        outside = [
            p
            for p in new
            if not p.is_relative_to(workspace.submitted)
            and not p.is_relative_to(workspace.root / "attempts")
        ]
        assert outside == []
        return done

    return run


def why(done):
    return [left.why for left in [*done.left, *done.unread]]


@pytest.mark.parametrize(
    "name",
    [
        f"../../../lovelaceada_11_500_{FILE}",
        f"/tmp/lovelaceada_11_500_{FILE}",
        f"x/../../lovelaceada_11_500_{FILE}",
        f"..\\..\\lovelaceada_11_500_{FILE}",
        f"C:\\x\\lovelaceada_11_500_{FILE}",
    ],
)
def test_paths_that_lead_out(take, name):
    done = take([(name, book("x"))])
    assert why(done) == ["its path leads out of the archive"]
    assert done.placed == []


def test_a_student_called_dot_dot(take):
    done = take([(f".._9_assignsubmission_file_/{FILE}", book("x"))], "moodle")
    assert done.placed == []
    assert "no id can be made of" in done.left[0].why


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (stat.S_IFLNK, "a link: links are not followed"),
        (stat.S_IFIFO, "no regular file"),
        (stat.S_IFCHR, "no regular file"),
    ],
)
def test_what_is_no_file(take, kind, said):
    done = take([(entry(NAME, kind), b"/etc/passwd")])
    assert why(done) == [said]


def test_a_bomb_that_says_so(take):
    done = take([(NAME, b"[" * (MAX_BYTES + 1))])
    assert why(done) == ["too big: more than 20 MB when unpacked"]
    assert done.empty == ["lovelaceada-11"]


def test_a_bomb_that_lies_about_its_size(take, tmp_path):
    path = zipped(tmp_path / "made.zip", [(NAME, b"[" * (MAX_BYTES + 1))])
    data = path.read_bytes()
    true = struct.pack("<L", MAX_BYTES + 1)
    assert data.count(true) == 2  # in the file's own header and in the list
    path.unlink()
    done = take(data.replace(true, struct.pack("<L", 10)))
    assert done.placed == []
    assert why(done)[0].startswith(("damaged", "too big"))


def test_many_large_notebooks_of_one_student_are_read_up_to_a_limit(take):
    big = b"[" * (MAX_BYTES - 1)
    members = [(f"lovelaceada_11_{n}_{FILE}", big + b"%d" % n) for n in range(1, 8)]
    done = take(members)
    assert sum("too big" in reason for reason in why(done)) == 2
    assert [item.earlier for item in done.placed] == [4]


def test_a_zip_that_holds_itself_ever_deeper(take):
    data = book("x")
    for _ in range(4):
        shell = io.BytesIO()
        zipped(shell, [("x.zip", data)])
        data = shell.getvalue()
    done = take([("lovelaceada_11_500_x.zip", data)])
    assert why(done) == ["a zip within 2 others"]


def test_a_large_zip_in_the_archive(take, monkeypatch):
    monkeypatch.setattr(archives, "MAX_NESTED", 1000)
    done = take([("lovelaceada_11_500_x.zip", b"\0" * 1001)])
    assert why(done) == ["too big: more than 0.001 MB when unpacked"]


def test_a_list_of_contents_that_would_fill_the_memory(take):
    inner = io.BytesIO()
    zipped(inner, [(f"{n:>60}", b"") for n in range(10_000)])
    done = take([("lovelaceada_11_500_x.zip", inner.getvalue())])
    assert why(done)[0].startswith("lists more files than are read")


def test_a_list_hidden_from_the_first_look(tmp_path, monkeypatch):
    """What is checked is what zipfile goes by: of two ends, both take the same one."""
    monkeypatch.setattr(archives, "LISTS", (100, 100))
    path = zipped(tmp_path / "a.zip", [(f"{n:>60}", b"") for n in range(10)])
    data = path.read_bytes()
    with pytest.raises(ArchiveError, match="lists more files"):
        list(items_in(path))
    path.write_bytes(data[:-2] + struct.pack("<H", 5) + b"12345")
    with pytest.raises(ArchiveError, match="lists more files"):
        list(items_in(path))
    second = b"PK\5\6" + b"\0" * 18
    path.write_bytes(data[:-2] + struct.pack("<H", len(second)) + second)
    assert list(items_in(path)) == []


def large(data, *listed):
    """The same zip with the records of the large format in front of its end.

    `listed` is what each of them says of the list, 0 for the truth: zipfile goes by the
    last one, and its locator points to the first.
    """
    end = data.rfind(b"PK\5\6")
    count, size, start = struct.unpack("<HLL", data[end + 10 : end + 20])
    head = (b"PK\6\6", 44, 45, 45, 0, 0, count, count)
    records = [
        struct.pack("<4sQHHLLQQQQ", *head, said or size, start) for said in listed
    ]
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return data[:end] + b"".join(records) + locator + data[end:]


def test_an_archive_of_the_large_format(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", [(f"{n:>60}", b"") for n in range(10)])
    data = path.read_bytes()
    path.write_bytes(large(data, 0))
    assert len(list(items_in(path))) == 10
    path.write_bytes(large(data, 1 << 40))
    with pytest.raises(ArchiveError, match="lists more files"):
        list(items_in(path))
    monkeypatch.setattr(archives, "LISTS", (100, 100))
    for listed in ((0,), (10, 0)):  # the second hides behind one that says 10 bytes
        path.write_bytes(large(data, *listed))
        with pytest.raises(ArchiveError, match="lists more files"):
            list(items_in(path))


def test_what_systems_put_into_a_folder_is_left_without_a_word(tmp_path):
    for name in (".DS_Store", "__MACOSX/ada/._x.ipynb", "ada/x.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [item.name for item in items_in(tmp_path)] == ["ada/x.ipynb"]


def test_a_folder_deeper_than_functions_may_call_each_other(tmp_path, monkeypatch):
    for student in ("ada", "ben"):
        (tmp_path / student).mkdir()
        (tmp_path / student / FILE).write_bytes(book("x"))
    monkeypatch.chdir(tmp_path / "ada")
    try:
        for _ in range(3000):  # a path of 6,000 bytes; Linux takes 4,096
            os.mkdir("a")
            os.chdir("a")
        found = list(items_in(tmp_path))
    finally:
        monkeypatch.undo()
        remove(str(tmp_path / "ada"))  # pytest cannot
    assert [item.name for item in found if isinstance(item, Item)] == [
        f"ada/{FILE}",
        f"ben/{FILE}",
    ]
    [left] = [item for item in found if isinstance(item, Left)]
    assert left.why == "cannot be listed: File name too long"


def test_an_archive_is_opened_once_for_all_and_a_zip_in_it_for_its_own(
    take, monkeypatch
):
    """For each file anew, a class of thousands would take hours."""
    opened = []
    original = archives._archive
    monkeypatch.setattr(
        archives, "_archive", lambda file: opened.append(file) or original(file)
    )
    zips = [inner([(f"{n}{FILE}", book(f"{n}")) for n in range(9)]) for _ in range(2)]
    members = [(f"student{n}_{n}_{n}_{FILE}", book(str(n))) for n in range(1, 30)]
    members += [(f"zip{n}_{n}0_{n}_x.zip", data) for n, data in enumerate(zips, 50)]
    assert len(take(members).placed) == 31
    assert len(opened) == 3


def test_methods_without_a_limit_are_not_unpacked(take, tmp_path):
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(NAME, b"\0" * 1_000_000)
    assert len(bz2.compress(b"\0" * 1_000_000)) < 100
    data = path.read_bytes()
    path.unlink()
    assert why(take(data)) == ["packed by an unusual method"]


def test_encrypted_members(take, tmp_path):
    data = bytearray(zipped(tmp_path / "made.zip", [(NAME, book("x"))]).read_bytes())
    (tmp_path / "made.zip").unlink()
    at = data.rfind(b"PK\1\2")
    data[at + 8] |= 1
    assert why(take(bytes(data))) == ["encrypted"]


def test_a_member_that_is_damaged(take, tmp_path):
    path = zipped(tmp_path / "made.zip", [(NAME, book("x"))])
    data = bytearray(path.read_bytes())
    path.unlink()
    data[len(NAME) + 60] ^= 0xFF
    done = take(bytes(data))
    assert why(done)[0].startswith("damaged")
    assert done.empty == ["lovelaceada-11"]


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"Rar!\x1a\7\0" + b"\0" * 99, b"PK\5\6" * 9]
)
def test_what_is_no_zip(take, data):
    done = take(data)
    assert len(done.unread) == 1
    assert done.placed == []


def test_names_in_utf8_without_the_mark_and_names_in_no_encoding(tmp_path):
    path = zipped(tmp_path / "made.zip", [("ZZZZ_1_assignsubmission_file_/x", b"")])
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"ZZZZ", "öß".encode()))
    assert [item.name for item in items_in(path)] == ["öß_1_assignsubmission_file_/x"]
    path.write_bytes(raw.replace(b"ZZZZ", b"\xff\xfe\x81\x90"))
    (item,) = items_in(path)
    assert item.name.endswith("_1_assignsubmission_file_/x")


def test_what_systems_add_is_not_worth_a_word(take):
    done = take(
        [
            (f"__MACOSX/._{NAME}", b"x"),
            (".DS_Store", b"x"),
            (f".ipynb_checkpoints/{NAME}", b"x"),
            (NAME, book("x")),
        ]
    )
    assert why(done) == []
    assert len(done.placed) == 1


def test_the_same_name_twice_in_one_archive(take):
    with pytest.warns(UserWarning, match="Duplicate name"):
        done = take([(NAME, book("one")), (NAME, book("two"))])
    assert [(p.what, p.earlier) for p in done.placed] == [("new", 1)]


def test_a_link_in_a_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / NAME).symlink_to("/etc/passwd")
    assert list(items_in(tmp_path / "in")) == [
        Left(NAME, "a link: links are not followed")
    ]


def inner(members):
    """The bytes of a zip that a student handed in."""
    file = io.BytesIO()
    zipped(file, members)
    return file.getvalue()


def test_a_zip_of_thousands_of_notebooks_is_read_up_to_a_limit(take):
    """Each is unpacked anew, so that a small zip took hours."""
    many = inner([(f"{n}.ipynb", b"{}") for n in range(3000)])
    done = take([("lovelaceada_11_500_x.zip", many), (NAME, book("x"))])
    assert [item.student for item in done.placed] == ["lovelaceada-11"]
    assert archives.MANY in why(done)
    assert len(why(done)) < 200


def test_a_zip_of_thousands_of_zips_is_read_up_to_a_limit(take, monkeypatch):
    opened = []
    original = archives._entries
    monkeypatch.setattr(
        archives, "_entries", lambda *args: opened.append(1) or original(*args)
    )
    many = inner([(f"{n}.zip", inner([("x.txt", b"x")])) for n in range(2000)])
    done = take([("lovelaceada_11_500_x.zip", many), (NAME, book("x"))])
    assert [item.student for item in done.placed] == ["lovelaceada-11"]
    assert len(opened) == 1 + archives.MAX_ZIPS
    assert why(done)[-1].endswith("more files in it are left as well")
    assert len(why(done)) == archives.MAX_TOLD + 1


def test_what_is_limited_is_limited_for_each_student(take):
    zips = [inner([(FILE, book(str(n)))]) for n in range(archives.MAX_ZIPS + 5)]
    names = [f"student{n}_{n}_{n}_x.zip" for n in range(1, len(zips) + 1)]
    done = take(list(zip(names, zips, strict=True)))
    assert len(done.placed) == len(zips)


def test_beside_a_zip_that_is_damaged_a_notebook_counts(take):
    data = inner([("a.zip", b"PK no zip"), (FILE, book("x"))])
    done = take([("lovelaceada_11_500_x.zip", data)])
    assert len(done.placed) == 1
    assert why(done) == ["is no zip archive, or a damaged one"]


@pytest.mark.parametrize("name", ["x ({}).ipynb", "x-Copy{}.ipynb"])
def test_a_number_with_more_digits_than_python_reads(take, name):
    data = inner([(name.format("9" * 5000), book("x"))])
    done = take([("lovelaceada_11_500_x.zip", data), (NAME, book("y"))])
    assert [item.earlier for item in done.placed] == [1]


@pytest.mark.parametrize(
    "said", ["2020-01-01 " + "9" * 40 + "h", "2020-01-01 10:00 " + "A" * 300]
)
def test_a_time_of_no_time_costs_nothing(take, said):
    folder = f"ada+{UNIT}+2026-03-01 11:59:00 UTC+x"
    members = [(f"{folder}/{FILE}", book("x"))]
    members += [(f"{folder}/timestamp.txt", said.encode())]
    (placed,) = take(members, "nbgrader").placed
    assert f"{placed.when:%Y-%m-%d %H:%M}" == "2026-03-01 11:59"


def test_a_name_too_long_for_a_folder_stops_nobody(take):
    names = ["字" * 100, "Ada Lovelace"]
    members = [
        (f"{name}_{n}_assignsubmission_file_/{FILE}", book(name))
        for n, name in enumerate(names)
    ]
    done = take(members, "moodle")
    assert [item.student for item in done.placed] == ["Ada Lovelace"]
    assert "no id can be made of" in why(done)[0]
