"""The catalog has no hole between libraries, and each hole that is made in it is found."""

import unittest

from gates import COMMON, GATES, MUTANTS
from session import ROWS, World


class Catalog(World):
    def found(self, gate):
        return self.superuser.must(GATES[gate])

    def test_no_hole(self):
        for gate in GATES:
            with self.subTest(gate):
                self.assertEqual(self.found(gate), [])

    def test_every_table_has_its_twins(self):
        tables = self.superuser.must("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace ="
                                     f" 'deskbell'::regnamespace AND relname NOT IN {COMMON}")
        self.assertEqual(sorted(tables), sorted(ROWS), "test/tenancy/session.py names the rows of each table")

    def test_mutants_are_caught(self):
        for gate, mutant in MUTANTS:
            with self.subTest(mutant):
                self.superuser.must("BEGIN")
                for statement in mutant.split(";"):
                    self.superuser.must(statement)
                self.assertNotEqual(self.found(gate), [], gate)
                self.superuser.must("ROLLBACK")

    def test_every_gate_has_a_mutant(self):
        self.assertEqual(sorted({gate for gate, _ in MUTANTS}), sorted(GATES))


if __name__ == "__main__":
    unittest.main()
