"""Blocks of the source with the fast road's proof or their sure lines, made a block ahead of the reader. Memory holds
one block more."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from importer.intake.fastroad import can_prove, prove_part
from importer.intake.feed import MAX_RECORD_BYTES, Block, Gap
from importer.intake.grammar import Grammar
from importer.intake.sure_lines import can_cut, find_sure_lines
from importer.parallel import one_ahead


def blocks_ahead(
    blocks: Iterable[Block | Gap], grammar: Grammar, *, fast: bool = True, max_record: int = MAX_RECORD_BYTES
) -> Generator[Block | Gap, None, None]:
    """The blocks; each next one is read, decoded and (`fast`) proven in a thread while the reader has the one before.

    To be closed by who stops early: then nobody reads on behind its back.
    """
    return one_ahead(_proven(blocks, grammar, max_record) if fast and can_prove(grammar) else blocks)


def _proven(blocks: Iterable[Block | Gap], grammar: Grammar, max_record: int) -> Iterator[Block | Gap]:
    """A proof says nothing of what follows the block's last line end, so it holds wherever the block stands. Behind a
    block with damaged lines none is made: there is likely more."""
    is_damaged = False
    for block in blocks:
        if isinstance(block, Block):
            part = memoryview(block.text)
            proof = None if is_damaged else prove_part(part, grammar, at_end=False, max_record=max_record)
            lines = None
            if (proof is None or proof.is_cut) and can_cut(grammar):
                lines = find_sure_lines(block.text, 0, len(part), grammar, max_record)
            is_damaged = lines is not None and lines.are_damaged
            yield replace(block, proof=proof, lines=lines)
        else:
            yield block
