#!/bin/sh
# Print the Python for .venv: of the newest version here that every wheel is locked for, the build that is fastest.
#
# Builds of one version differ by more than versions do: docs/performance.md, "Interpreters". One that does not start, or
# cannot make an environment, is passed over.
WORK='
import ensurepip, timeit
class Counter:
    def __init__(self): self.seen = {}
    def count(self, name): self.seen[name] = self.seen.get(name, 0) + 1
def work():
    counter = Counter()
    for number in range(5000): counter.count(f"{number % 7}")
print(int(min(timeit.repeat(work, number=1, repeat=15)) * 1e6))
'
fastest=
IFS=:
for version in 14 13 12 11; do
    for folder in $PATH; do
        microseconds=$("$folder/python3.$version" -c "$WORK" 2>/dev/null) || continue
        if [ -z "$fastest" ] || [ "$microseconds" -lt "$least" ]; then
            fastest=$folder/python3.$version least=$microseconds
        fi
    done
    if [ -n "$fastest" ]; then break; fi
done
echo "${fastest:-python3}"
