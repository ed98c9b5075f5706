package dev.septet.workers.serve.openai;

/**
 * The limits of one request.
 *
 * @param bytes most bytes of its body
 * @param messages most messages of a conversation
 * @param answers most answers: prompts times n
 * @param stops most stop texts
 */
public record RequestLimits(int bytes, int messages, int answers, int stops) {
    public static final RequestLimits DEFAULT = new RequestLimits(1 << 20, 1000, 16, 16);
}
