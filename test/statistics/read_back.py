#!/usr/bin/env python3
"""Reads a table's CSV with another CSV reader, its JSON with another JSON reader, and compares.

    read_back.py TABLE.csv TABLE.json

A cell of the CSV is that of the JSON, but for the apostrophe before what a spreadsheet would run.
"""
import csv
import json
import re
import sys


def guarded(cell):
    if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", cell):
        return cell
    return "'" + cell if cell[:1] in tuple("=+-@\t\r\n＝＋－＠") else cell


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file, strict=True))
    with open(sys.argv[2], encoding="utf-8") as file:
        table = json.load(file)
    keys = [column["key"] for column in table["columns"]]
    assert lines[0] == keys, (lines[0], keys)
    rows = [[row[key] for key in keys] for row in table["rows"]]
    assert len(lines) == len(rows) + 1 > 100, (len(lines), len(rows))
    guards = 0
    for line, row in zip(lines[1:], rows):
        for got, cell in zip(line, row, strict=True):
            want = "" if cell is None else guarded(str(cell))
            assert got == want, (got, want)
            guards += want != (cell or "")
    assert guards > 10, guards


main()
