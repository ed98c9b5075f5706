package dev.septet.dsl.bind;

/** Thrown to leave a word whose block could not be bound, after its problems were reported. */
final class BlockFailed extends RuntimeException {
    BlockFailed() {
        super("a block could not be read", null, false, false);
    }
}
