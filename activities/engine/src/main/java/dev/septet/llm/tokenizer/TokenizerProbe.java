package dev.septet.llm.tokenizer;

import dev.septet.llm.sandbox.SandboxProbe;
import java.nio.file.Path;
import java.util.List;

/** The child process that opens a tokenizer first, and encodes and decodes texts with it. */
public final class TokenizerProbe {
    /** Long enough to reveal quadratic or slower behaviour. */
    private static final int LENGTH = 5_000;

    private static final String PROSE = "The quick brown fox's 12,345 jumps over 'lazy' dogs; caf\u00e9 na\u00efve"
            + " \u4f60\u597d\u4e16\u754c \u0645\u0631\u062d\u0628\u0627"
            + " \ud83d\ude00\u200d\ud83d\udc69 \t\n\r\n"
            + "  x=1;\u0000\u0301\uFFFD";

    private static final List<String> PIECES =
            List.of("a", " ", "1", "\n", "ab", "aA1 ", "!", "\u00e9", "\u0301", "\ud83d\ude00", PROSE);

    private TokenizerProbe() {}

    /**
     * @param arguments the model's folder
     */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        SandboxProbe.run(List.of(folder), NativeTokenizer::load, () -> open(folder));
    }

    private static void open(Path folder) {
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (String piece : PIECES) {
                use(tokenizer, piece);
                String text = piece.repeat(LENGTH / piece.length());
                use(tokenizer, text);
                // A pattern that fails at the end tries all other ways to match.
                use(tokenizer, text + "\u2603");
            }
            for (AddedToken token : tokenizer.addedTokens().stream().limit(64).toList()) {
                use(tokenizer, token.text());
            }
            int size = tokenizer.vocabularySize();
            for (int id = 0; id < size; id += Math.max(1, size / 1000)) {
                int[] ids = {id, size - 1 - id};
                SandboxProbe.attempt(() -> tokenizer.decode(ids, false));
            }
        }
    }

    private static void use(Tokenizer tokenizer, String text) {
        SandboxProbe.attempt(() -> tokenizer.decode(tokenizer.encode(text, true), true));
        SandboxProbe.attempt(() -> tokenizer.encodeTemplateSpans(text));
        SandboxProbe.attempt(() -> tokenizer.encodeContent(text));
    }
}
