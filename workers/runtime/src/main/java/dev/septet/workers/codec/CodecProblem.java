package dev.septet.workers.codec;

import dev.septet.activities.encryption.KeyProblem;
import io.temporal.payload.codec.PayloadCodecException;
import java.util.function.Supplier;

/** Why payloads cannot be encoded or decoded, and what to do, in a sentence for people. */
public final class CodecProblem extends PayloadCodecException {
    private static final long serialVersionUID = 1;

    CodecProblem(String message) {
        super(message);
    }

    CodecProblem(String message, Throwable cause) {
        super(message, cause);
    }

    /** What is read of a file with secrets; the file's problem becomes one of the codec. */
    static <T> T told(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (KeyProblem problem) {
            throw new CodecProblem(String.valueOf(problem.getMessage()), problem);
        }
    }
}
