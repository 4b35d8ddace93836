"""What to add to an exception that is about what sort of thing an object is.

The entries are as in `advice`: the names of exceptions, words of the message, both
regular expressions, and what to add.
"""

from __future__ import annotations

from nnkit.adapters import FUNCTIONS


def _of(*kinds: str) -> str:
    """Match what Python and NumPy say of an object of one of some types."""
    names = "|".join(kinds)
    return rf"'(?:{names})'|(?:type|number, not|non-iterable) (?:{names})\b"


_FUNCTION = (
    *("method", "(?:builtin_)?function(?:_or_method)?"),
    *(r"numpy\.ufunc", r"numpy\._ArrayFunctionDispatcher"),
)
_ONE_BY_ONE = (
    *("generator", "map", "zip", "filter", "enumerate", "reversed"),
    *("dict_keys", "dict_values", "dict_items"),
)
_TUPLE = ("tuple", "EigResult", "EighResult", "SVDResult")
_NUMBER = r"(?:int|float|numpy\.(?:float|int)\d+)"

ADVICE = (
    # What names an argument may be called like a type, so these come first.
    (
        "TypeError",
        "(unexpected|invalid|no) keyword argument",
        "The function has no argument of this name. Is it misspelt, or one of another "
        "function's? Python's own `max` and `sum` know no axis, and NumPy's do.",
    ),
    (
        "TypeError",
        r"\w\.\w+\(\) takes \d+ positional",
        "A method takes the object itself as its first argument, `self`, and a call "
        "puts it there. With that one counted, do the two agree?",
    ),
    (
        "TypeError",
        rf"^({'|'.join(FUNCTIONS)})\.<locals>\.\S+\(\) (takes|missing)",
        "This is said of a function that your own was given: the call of it on this "
        "line has other arguments than the task says it takes.",
    ),
    (
        "TypeError",
        "positional arg|positional-only|keyword-only arg|takes no arg|required arg|"
        "expected at |multiple values for",
        "The function that is named here and the call of it do not agree on the "
        "arguments. If it is the one that you hand in: with which ones it is called, "
        "the task says.",
    ),
    (
        "TypeError|AttributeError",
        "NoneType",
        "Something is None here. Was a name given None at first, and nothing since? "
        "What fills or sorts in place, as `append` does, returns None, too, and so "
        "does a function without `return`.",
    ),
    (
        "TypeError",
        "'str' object is not callable",
        "What stands before the round bracket is text. It may name a function, and is "
        "none: how do you come from the one to the other?",
    ),
    (
        "TypeError",
        "object is not callable",
        "What stands before the round bracket is no function. Is a `*` missing there, "
        "are square brackets meant, or none, as behind `.shape`? Or has a variable "
        "taken the name of a function, such as `sum`?",
    ),
    (
        "TypeError",
        "(function|method|ufunc|Dispatcher)' object is not subscriptable",
        "What stands before the square bracket is a function. Round brackets call it, "
        "and square ones are for what has entries.",
    ),
    (
        "TypeError",
        _of(*_FUNCTION),
        "A function stands where what it returns was meant: its name, without the "
        "round brackets of a call.",
    ),
    (
        "AttributeError",
        f"^'(?:{'|'.join(_FUNCTION)})' object",
        "A function stands where what it returns was meant: its name, without the "
        "round brackets of a call.",
    ),
    (
        "TypeError",
        _of(*_ONE_BY_ONE),
        "This hands out one thing after the other, and is neither a list nor an array: "
        "so do `map`, `zip`, the views of a dict, and a `for` in round brackets. "
        "`list(...)` makes a list of it.",
    ),
    (
        "TypeError",
        "(list|tuple) indices must be",
        "A list or a tuple takes one index, a whole number. Several at once, as in "
        "`A[i, j]`, or a whole array of them take an array.",
    ),
    (
        "TypeError",
        "concatenate str",
        "Only text can be added to text. `print` takes several things, with commas "
        "between them.",
    ),
    (
        "TypeError",
        "multiply sequence by non-int",
        "One of the two operands is a tuple, a list or a text, not a number. Print "
        "both: which of them holds several things, and which one of these do you need? "
        "(A loop over a dict goes through its keys.)",
    ),
    (
        "TypeError",
        f"{_of('str')}|string indices",
        "There is text where a number or an array was expected. If it comes from a "
        "dict: going through one, or taking it apart, gives its keys; `d[key]` and "
        "`d.values()` give what they stand for.",
    ),
    (
        "UFuncTypeError|AttributeError|ValueError",
        r"dtype\('<U|^'str' object|string to float",
        "There is text where a number or an array was expected. If it comes from a "
        "dict: going through one, or taking it apart, gives its keys; `d[key]` and "
        "`d.values()` give what they stand for.",
    ),
    (
        "TypeError",
        "(list|tuple|dict|range)' object cannot be interpreted",
        "One whole number was expected, and this holds several things: a shape, say, "
        "has an entry for each axis. Which one do you need?",
    ),
    (
        "TypeError",
        f"{_of('dict')}|unhashable type: 'slice'",
        "A dict does not calculate, and has no order to take a piece of: `d[key]` is "
        "one of its entries, and a loop over its keys reaches them all.",
    ),
    (
        "KeyError",
        r"^slice\(",  # what Python says of the same from 3.12 on
        "A dict does not calculate, and has no order to take a piece of: `d[key]` is "
        "one of its entries, and a loop over its keys reaches them all.",
    ),
    (
        "AttributeError",
        "^'dict' object",
        "This is a dict. `d[key]` reads and sets one of its entries.",
    ),
    (
        "TypeError",
        "unhashable type: 'Value'",
        "Your class says when two of its objects are equal, as `@dataclass` does, and "
        "then none of them can be in a set or a key of a dict. Two values may hold the "
        "same number and still be two: `@dataclass(eq=False)` does not compare them.",
    ),
    (
        "TypeError",
        "unhashable type",
        "The key of a dict, or what is in a set, is a number or a text, say, and no "
        "list or array. Print what you use as a key here.",
    ),
    (
        "TypeError",
        f"{_of('list', 'range')}|concatenate list",
        "Python's lists do not calculate, nor does `range`: arithmetic and comparisons "
        "go through the entries of arrays alone. Where does this one come from?",
    ),
    (
        "AttributeError",
        "^'list' object",
        "This is a list. `np.array(...)` makes an array of a list of numbers, and that "
        "has more to offer.",
    ),
    (
        "TypeError|AttributeError",
        f"{_of(*_TUPLE)}|concatenate tuple",
        "A tuple holds several things, such as all that a function returns, or the "
        "sizes of a shape. Print it: which of its entries do you need?",
    ),
    (
        "AttributeError",
        f"^'{_NUMBER}' object",
        "This is a plain number, which has nothing of this name. Should there be an "
        "array, or an object of a class of yours?",
    ),
    (
        "TypeError",
        "operand type.*'Value'",
        "For every operation Python looks for a method of the class, such as "
        "`__add__`, and with a plain number on the left for one such as `__radd__`. "
        "Has your class the one for this?",
    ),
    (
        "TypeError|IndexError",
        f"^'{_NUMBER}' object (is not|does not)|non-iterable {_NUMBER} object|"
        f"of type '{_NUMBER}' (has no len|is not)|to scalar variable",
        "This is a single number: it has no entries, no length and no axes. If you "
        "meant to go through the numbers below it, `range(...)` does that.",
    ),
    (
        "AttributeError",
        r"^'numpy\.ndarray' object",
        "Arrays have nothing of this name. Is it misspelt, or is it a function that "
        "takes the array as an argument, as `np.exp` does?",
    ),
    (
        "AttributeError",
        r"Generator' object",
        "The methods of a Generator have names of their own: `normal`, `uniform`, "
        "`integers` and `random`, where `np.random` has `randn`, `rand` and `randint`.",
    ),
    (
        "AttributeError",
        "^module '",
        "The module has nothing of this name. Is it misspelt, is it in another module, "
        "or is it something that you have to write out yourself?",
    ),
)
