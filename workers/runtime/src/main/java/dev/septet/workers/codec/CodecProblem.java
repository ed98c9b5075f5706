package dev.septet.workers.codec;

import dev.septet.activities.encryption.KeyProblem;
import io.temporal.payload.codec.PayloadCodecException;
import java.util.function.Supplier;

/** Payloads cannot be encoded or decoded; the message tells the user why, and what to do. */
public final class CodecProblem extends PayloadCodecException {
    private static final long serialVersionUID = 1;

    CodecProblem(String message) {
        super(message);
    }

    CodecProblem(String message, Throwable cause) {
        super(message, cause);
    }

    /** Reads a file with secrets, and converts a problem with the file to a codec problem. */
    static <T> T wrap(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (KeyProblem problem) {
            throw new CodecProblem(String.valueOf(problem.getMessage()), problem);
        }
    }
}
