package dev.septet.workers.serve.http;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Creates request ids. They must be impossible to guess, because feedback refers to answers by
 * them.
 */
final class RequestId {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 16;

    private RequestId() {}

    static String next(String prefix) {
        byte[] id = new byte[BYTES];
        RANDOM.nextBytes(id);
        return prefix + HexFormat.of().formatHex(id);
    }

    /** A random seed for a request without one. */
    static long seed() {
        return RANDOM.nextLong();
    }
}
