"""anonlink on CLKs that clkhash's format holds: all pairs of two lists at a threshold.

usage: linkage_peer.py A.json B.json N THRESHOLD PROCESSES. Prints `million_per_second X`, `seconds Y` and `found Z`.
"""
import base64, json, multiprocessing, sys, time
import anonlink
from anonlink.similarities import dice_coefficient_accelerated as dice
from bitarray import bitarray


def load(path, n):
    filters = []
    for text in json.load(open(path))["clks"][:n]:
        filter_ = bitarray()
        filter_.frombytes(base64.b64decode(text))
        filters.append(filter_)
    return filters


n, threshold, processes = int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
one, other = load(sys.argv[1], n), load(sys.argv[2], n)


def compare(start):
    found = anonlink.candidate_generation.find_candidate_pairs([one[start : start + 5000], other], dice, threshold)
    return len(found[0])


started = time.perf_counter()
starts = range(0, len(one), 5000)
if processes == 1:
    found = sum(map(compare, starts))
else:
    with multiprocessing.Pool(processes) as pool:
        found = sum(pool.map(compare, starts, 1))
seconds = time.perf_counter() - started
print("million_per_second", len(one) * len(other) / seconds / 1e6)
print("seconds", seconds)
print("found", found)
