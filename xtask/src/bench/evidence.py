"""Invents evidence: evidence.py DATABASE PEER ROWS N

Reads a demonstration's provisions, writes N items into a database for Datasette and the same items as lines for
Rapporteur. Prints what to ask for, a line each: `provision ID NUMBER`, `term WORD`.
The same N gives the same words, so that runs can be compared.
"""

import itertools
import random
import sqlite3
import sys
import uuid

database, peer_database, rows_path, n = *sys.argv[1:4], int(sys.argv[4])
chance = random.Random(197)

syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(5000)]
# As in any language, few words are common and most are rare.
weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))


def text(length):
    return " ".join(chance.choices(words, cum_weights=weights, k=length))


demonstration = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
# Those of the largest standard: the Convention.
provisions = demonstration.execute(
    """select id, number from provision where standard_id =
         (select standard_id from provision group by standard_id order by count(*) desc limit 1)
       order by position"""
).fetchall()

peer = sqlite3.connect(peer_database)
peer.executescript(
    """create table evidence (id integer primary key, title text, summary text, publisher text, effective_on text,
                              reliability text, credibility text, provision text);
       create index evidence_provision on evidence (provision, effective_on);
       create virtual table evidence_fts using fts5 (title, summary, publisher, content = 'evidence',
                                                     content_rowid = 'id');"""
)
with peer, open(rows_path, "w", encoding="utf-8") as rows:
    for number in range(1, n + 1):
        provision, provision_number = chance.choice(provisions)
        item = [
            text(8).capitalize(),
            text(40).capitalize() + ".",
            "Invented publisher " + chance.choice("ABCDEFGHIJKLMNOP"),
            f"{chance.randint(2015, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            chance.choice("ABCDEF"),
            chance.choice("123456"),
        ]
        peer.execute("insert into evidence values (?, ?, ?, ?, ?, ?, ?, ?)", (number, *item, provision_number))
        rows.write("\t".join([*item, provision.hex()]) + "\n")
    peer.execute("insert into evidence_fts (evidence_fts) values ('rebuild')")
peer.execute("analyze")

# From every chapter, so that pages with ratings and findings are among them as well as bare ones.
for provision, number in provisions[::6]:
    print("provision", uuid.UUID(bytes=provision), number)
# Neither the commonest words nor those that hardly anything has.
for term in words[100:400:15]:
    print("term", term)
