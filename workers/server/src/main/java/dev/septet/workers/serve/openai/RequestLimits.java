package dev.septet.workers.serve.openai;

/**
 * How much one request may ask for.
 *
 * @param bytes of its body
 * @param messages of a conversation
 * @param answers in all: prompts times n
 * @param stops texts that end an answer
 */
public record RequestLimits(int bytes, int messages, int answers, int stops) {
    public static final RequestLimits DEFAULT = new RequestLimits(1 << 20, 1000, 16, 16);
}
