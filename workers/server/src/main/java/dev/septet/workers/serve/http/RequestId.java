package dev.septet.workers.serve.http;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names of requests; not to be guessed, since feedback is given by them. */
final class RequestId {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 16;

    private RequestId() {}

    static String next(String prefix) {
        byte[] id = new byte[BYTES];
        RANDOM.nextBytes(id);
        return prefix + HexFormat.of().formatHex(id);
    }

    /** A seed for a request that gave none. */
    static long seed() {
        return RANDOM.nextLong();
    }
}
