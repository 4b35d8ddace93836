"""Linux system calls by name, on the two processors that have a seccomp filter here.

The C library wraps only some of the calls that a sandbox needs, so all of them go
through `call`. `TABLE` is the one list of numbers: the filter reads it as well.
"""

import ctypes
import functools
import os
import platform
import sys

# name:x86-64:aarch64, "-" where a processor does not have the call. Numbers are ABI:
# they never change, and from 424 on they are the same everywhere.
_NUMBERS = """
read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68
preadv:295:69 pwritev:296:70 preadv2:327:286 pwritev2:328:287 sendfile:40:71
copy_file_range:326:285 close:3:57 close_range:436:436 dup:32:23 dup2:33:-
dup3:292:24 pipe:22:- pipe2:293:59 flock:73:32 lseek:8:62 fsync:74:82
fdatasync:75:83 ftruncate:77:46 fallocate:285:47 fadvise64:221:223 fstat:5:80
fstatfs:138:44 getdents:78:- getdents64:217:61 fcntl:72:25 ioctl:16:29

open:2:- openat:257:56 openat2:437:437 creat:85:- stat:4:- lstat:6:-
newfstatat:262:79 statx:332:291 statfs:137:43 access:21:- faccessat:269:48
faccessat2:439:439 readlink:89:- readlinkat:267:78 getcwd:79:17 chdir:80:49
fchdir:81:50 umask:95:166 mkdir:83:- mkdirat:258:34 rmdir:84:- unlink:87:-
unlinkat:263:35 rename:82:- renameat:264:38 renameat2:316:276 link:86:-
linkat:265:37 symlink:88:- symlinkat:266:36 truncate:76:45 chmod:90:-
fchmod:91:52 fchmodat:268:53 fchmodat2:452:452 chown:92:- fchownat:260:54
utimensat:280:88 utime:132:- utimes:235:- futimesat:261:- setxattr:188:5
getxattr:191:8 lgetxattr:192:9 fgetxattr:193:10 listxattr:194:11
llistxattr:195:12 flistxattr:196:13 mknod:133:- mknodat:259:33 chroot:161:51
open_by_handle_at:304:265 name_to_handle_at:303:264 inotify_init1:294:26

mmap:9:222 munmap:11:215 mprotect:10:226 mremap:25:216 madvise:28:233 brk:12:214
msync:26:227 mlock:149:228 munlock:150:229 mlock2:325:284 membarrier:324:283
get_mempolicy:239:236 map_shadow_stack:453:453 mseal:462:462 memfd_create:319:279
shmget:29:194 shmctl:31:195 msgget:68:186 semget:64:190 mq_open:240:180
mq_unlink:241:181

clone:56:220 clone3:435:435 fork:57:- vfork:58:- execve:59:221 execveat:322:281
exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95 prctl:157:167
futex:202:98 futex_waitv:449:449 futex_wake:454:454 futex_wait:455:455
futex_requeue:456:456 set_robust_list:273:99 set_tid_address:218:96 rseq:334:293
arch_prctl:158:- restart_syscall:219:128 sched_yield:24:124 getcpu:309:168
gettid:186:178 getpid:39:172 getppid:110:173 getpgrp:111:- getpgid:121:155
getsid:124:156 getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177
getresuid:118:148 getresgid:120:150 getgroups:115:158 capget:125:90
capset:126:91 setuid:105:146 setsid:112:157 getrlimit:97:163 setrlimit:160:164
prlimit64:302:261 getrusage:98:165 getpriority:140:141 setpriority:141:140
sched_get_priority_max:146:125 sched_get_priority_min:147:126
sched_getaffinity:204:123 sched_setaffinity:203:122 sched_getparam:143:121
sched_getscheduler:145:120 times:100:153 uname:63:160 sysinfo:99:179
getrandom:318:278 personality:135:92 ptrace:101:117 process_vm_readv:310:270
process_vm_writev:311:271 kcmp:312:272 pidfd_open:434:434 pidfd_getfd:438:438

kill:62:129 tkill:200:130 tgkill:234:131 rt_sigqueueinfo:129:138
rt_tgsigqueueinfo:297:240 pidfd_send_signal:424:424 rt_sigaction:13:134
rt_sigprocmask:14:135 rt_sigpending:127:136 rt_sigtimedwait:128:137
rt_sigsuspend:130:133 rt_sigreturn:15:139 sigaltstack:131:132 pause:34:-
alarm:37:- signalfd:282:- signalfd4:289:74 time:201:- gettimeofday:96:169
clock_gettime:228:113 clock_getres:229:114 clock_nanosleep:230:115
nanosleep:35:101 setitimer:38:103 getitimer:36:102 timer_create:222:107
timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109
timer_delete:226:111 timerfd_create:283:85 timerfd_settime:286:86
timerfd_gettime:287:87 clock_settime:227:112

poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:-
epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22
epoll_pwait2:441:441 eventfd:284:- eventfd2:290:19 socket:41:198
socketpair:53:199 connect:42:203 bind:49:200 sendto:44:206 sendmsg:46:211
recvfrom:45:207 recvmsg:47:212 getsockopt:55:209 setsockopt:54:208
getsockname:51:204 getpeername:52:205 shutdown:48:210

mount:165:40 umount2:166:39 mount_setattr:442:442 pivot_root:155:41
unshare:272:97 setns:308:268 seccomp:317:277 landlock_create_ruleset:444:444
landlock_add_rule:445:445 landlock_restrict_self:446:446 bpf:321:280
keyctl:250:219 add_key:248:217 io_uring_setup:425:425 io_setup:206:0
userfaultfd:323:282 perf_event_open:298:241 fanotify_init:300:262 syslog:103:116
quotactl:179:60 reboot:169:142 swapon:167:224 acct:163:89 init_module:175:105
"""

# The last call that was known when this was written. A filter answers ENOSYS beyond
# it, as an older kernel would, so that libraries fall back to what they did before.
LAST_KNOWN = 462

MACHINES = ("x86_64", "aarch64")


def _column(index: int) -> dict[str, int]:
    rows = (entry.split(":") for entry in _NUMBERS.split())
    return {row[0]: int(row[index]) for row in rows if row[index] != "-"}


TABLE = {machine: _column(i) for i, machine in enumerate(MACHINES, start=1)}


@functools.cache
def machine() -> str:
    """Which column of `TABLE` this process lives in; "" where there is none."""
    here = platform.machine()
    # A 32-bit Python on a 64-bit kernel uses other numbers under the same name.
    known = sys.platform == "linux" and here in TABLE and sys.maxsize > 2**32
    return here if known else ""


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


Argument = int | bytes | ctypes.Array[ctypes.c_char] | ctypes.Structure | None


def call(name: str, *arguments: Argument) -> int:
    """Make one system call; an error is an OSError that names the call."""
    number = TABLE.get(machine(), {}).get(name)
    if number is None:
        what = "Linux on x86-64 or aarch64"
        raise OSError(f"{name}: needs {what}, this is {sys.platform}")
    converted: list[object] = [_convert(argument) for argument in arguments]
    result = int(_libc().syscall(ctypes.c_long(number), *converted))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def _convert(argument: Argument) -> object:
    if isinstance(argument, int):
        # A plain int would travel as 32 bits and leave the upper half undefined.
        return ctypes.c_long(argument)
    if isinstance(argument, ctypes.Structure):
        return ctypes.byref(argument)
    return argument
