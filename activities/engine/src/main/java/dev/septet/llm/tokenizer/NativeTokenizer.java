package dev.septet.llm.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.StrictJson;
import dev.septet.settings.Setting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The tokenizers library behind DJL, without truncation, padding or network access. */
final class NativeTokenizer implements AutoCloseable {
    private static final Map<String, String> AS_IT_IS =
            Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");

    static {
        // By default, DJL sends usage reports, and it searches the internet for a CUDA build that
        // would not tokenize faster.
        setDefault(Setting.OPT_OUT_TRACKING);
        setDefault(Setting.RUST_FLAVOR);
        CudaLibtorch.findRuntime(System.getenv());
    }

    private final Path file;
    private final HuggingFaceTokenizer library;

    /**
     * @throws FormatProblem when the library rejects this tokenizer.json
     */
    NativeTokenizer(Path file, ObjectNode json) {
        this.file = file;
        try {
            byte[] bytes = StrictJson.MAPPER.writeValueAsBytes(json);
            library = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), AS_IT_IS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new FormatProblem(file, "is not a usable tokenizer: " + e.getMessage(), e);
        }
    }

    /** Loads the library; its first use on a machine writes it into a cache folder. */
    static void load() {
        LibUtils.checkStatus();
    }

    int[] encode(String text, boolean special) {
        // Only the ids: the library's own objects (a string, a span and six numbers per token) take
        // a hundred times the memory of the text.
        String valid = valid(text);
        long encoding = used(() -> TokenizersLibrary.LIB.encode(library.getHandle(), valid, special));
        try {
            return ids(TokenizersLibrary.LIB.getTokenIds(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /**
     * The tokens with their spans.
     *
     * @throws FormatProblem when this tokenizer returns spans outside the text
     */
    TokenSpans spans(String text) {
        String valid = valid(text);
        Encoding encoding = used(() -> library.encode(valid, false, false));
        try {
            return spans(valid, encoding);
        } catch (IndexOutOfBoundsException outside) {
            throw new FormatProblem(file, "gives a token a span outside the text: damaged or hostile", outside);
        }
    }

    private static TokenSpans spans(String valid, Encoding encoding) {
        @Nullable CharSpan[] spans = encoding.getCharTokenSpans();
        int[] starts = new int[spans.length];
        int[] ends = new int[spans.length];
        int codePoint = 0;
        int at = 0;
        for (int i = 0; i < spans.length; i++) {
            CharSpan span = spans[i];
            // A token without text is placed at the end of the previous token.
            int start = span == null ? (i == 0 ? 0 : codePoint) : span.getStart();
            at = valid.offsetByCodePoints(at, start - codePoint);
            starts[i] = at;
            ends[i] = span == null ? at : valid.offsetByCodePoints(at, span.getEnd() - start);
            codePoint = start;
        }
        return new TokenSpans(ids(encoding.getIds()), starts, ends);
    }

    String decode(int[] ids, boolean skipSpecial) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return used(() -> library.decode(wide, skipSpecial));
    }

    /**
     * The result of a call of the library.
     *
     * @throws FormatProblem when the call fails. Some damaged files fail only on certain texts. The
     *     library's message may quote that text, so it is left out
     */
    private <T> T used(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException failed) {
            throw new FormatProblem(
                    file,
                    "is a tokenizer that fails at a text: it is damaged, or has no token for"
                            + " unknown characters (unk_token, unk_id)");
        }
    }

    @Override
    public void close() {
        library.close();
    }

    /** Replaces unpaired surrogates, which are not valid text and which the native code cannot read. */
    static String valid(String text) {
        boolean plain = true;
        for (int i = 0; plain && i < text.length(); i++) {
            plain = !Character.isSurrogate(text.charAt(i));
        }
        if (plain) {
            return text;
        }
        StringBuilder valid = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
                .forEach(valid::appendCodePoint);
        return valid.toString();
    }

    private static int[] ids(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            ids[i] = Math.toIntExact(wide[i]);
        }
        return ids;
    }

    private static void setDefault(Setting setting) {
        String name = setting.variable();
        if (System.getProperty(name) == null && setting.value(System.getenv()) == null) {
            System.setProperty(name, setting.standard());
        }
    }
}
