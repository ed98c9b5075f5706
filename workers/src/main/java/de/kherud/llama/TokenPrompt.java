package de.kherud.llama;

import java.util.Arrays;

/**
 * A prompt of token ids, which llama.cpp takes and its Java interface does not offer: only so are
 * control tokens that somebody typed the characters that they are. In this package because the
 * parameters are not open to others.
 */
public final class TokenPrompt {
    private TokenPrompt() {}

    /** Parameters for going on with these tokens. */
    public static InferenceParameters of(int[] tokens) {
        InferenceParameters parameters = new InferenceParameters("");
        parameters.parameters.put("prompt", Arrays.toString(tokens));
        return parameters;
    }
}
