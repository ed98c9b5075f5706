package dev.septet.dsl.bind;

/** Leaves a word whose block could not be read; its problems are reported already. */
final class BlockFailed extends RuntimeException {
    BlockFailed() {
        super("a block could not be read", null, false, false);
    }
}
