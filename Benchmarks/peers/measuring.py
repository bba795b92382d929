"""Processor time, memory, the page cache and medians, for every peer in the same way."""

import glob
import os
import statistics
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def median(values):
    return statistics.median(values) if values else None


def percentile(values, fraction):
    ascending = sorted(values)
    return ascending[min(len(ascending) - 1, int(len(ascending) * fraction))] if ascending else None


def stat_fields(pid):
    """The fields of /proc/PID/stat after the program's name: [0] is the state, [1] the parent."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def tree_processor_seconds(pid):
    """User and system time of a process, of its children, and of those children that it has waited for."""
    own = stat_fields(pid)
    ticks = sum(int(field) for field in own[11:15])
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = stat_fields(path.split("/")[2])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS


def peak_resident_mib(pid="self"):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


def page_cache_can_be_dropped():
    return os.access("/proc/sys/vm/drop_caches", os.W_OK)


def drop_page_cache(programs):
    """Forgets all files, then reads the programs again: a cold start of the data is measured, not of the program."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3\n")
    for program in programs:
        with open(program, "rb") as file:
            while file.read(1 << 22):
                pass


def timed(action):
    """What the action returns, and the milliseconds that it took."""
    start = time.perf_counter()
    result = action()
    return result, (time.perf_counter() - start) * 1000


def machine():
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "kernel": os.uname().release,
        "load_average": round(os.getloadavg()[0], 2),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def run(arguments):
    """The standard output of a command; its standard error goes where this one's goes."""
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True).stdout
