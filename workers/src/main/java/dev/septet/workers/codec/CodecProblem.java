package dev.septet.workers.codec;

import io.temporal.payload.codec.PayloadCodecException;

/** Why payloads cannot be encoded or decoded, and what to do, in a sentence for people. */
public final class CodecProblem extends PayloadCodecException {
    private static final long serialVersionUID = 1;

    CodecProblem(String message) {
        super(message);
    }

    CodecProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
