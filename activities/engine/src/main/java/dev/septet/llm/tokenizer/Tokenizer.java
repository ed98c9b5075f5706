package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.tokenizer.bytelevel.ByteLevelEncoder;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a model folder, read from its tokenizer.json without network access.
 *
 * <p>There are two ways to encode a text. {@link #encodeTemplate} turns {@code <|im_end|>} into the
 * control token, for text rendered from a chat template. {@link #encodeContent} encodes it as ten
 * ordinary characters, for text from a user. Thread-safe.
 */
public final class Tokenizer implements AutoCloseable {
    private final TokenizerFiles files;
    private final List<AddedToken> added;
    private final Map<Integer, AddedToken> controlById = new HashMap<>();
    private final BitSet controlIds = new BitSet();
    private final int vocabularySize;
    private final int longestPiece;
    private final BitSet bytePieces;
    private final BitSet unwritten;
    private final NativeTokenizer template;
    private final Object contentLock = new Object();
    private final SpanEncoder templateSpans;
    private final Object bytesLock = new Object();
    private @Nullable TokenBytes tokenBytes;
    private @Nullable ContentTokenizer content;

    private Tokenizer(TokenizerFiles files) {
        this.files = files;
        this.added = files.addedTokens();
        this.vocabularySize = files.vocabularySize();
        this.longestPiece = files.longestPiece();
        this.bytePieces = files.bytePieces();
        this.unwritten = files.unwritten();
        for (AddedToken token : added) {
            // An unknown character is not an attempt to write a control token.
            if (token.reserved() && !files.isUnknown(token)) {
                controlById.put(token.id(), token);
                controlIds.set(token.id());
            }
        }
        this.template = new NativeTokenizer(files.file(), files.json());
        this.templateSpans = new SpanEncoder(
                template, () -> ByteLevelEncoder.of(files.json(), text -> template.encode(text, false)));
    }

    /**
     * Opens the tokenizer of a model folder.
     *
     * @throws FormatProblem when tokenizer.json is missing, damaged or not a tokenizer
     */
    public static Tokenizer open(Path modelFolder) {
        return new Tokenizer(TokenizerFiles.open(modelFolder));
    }

    /**
     * Token ids of a text, in which control tokens are recognized.
     *
     * @param special whether to add the tokenizer's special tokens around the text, such as a
     *     leading {@code <s>}. Must be false for rendered chat templates, which have their own
     */
    public int[] encode(String text, boolean special) {
        return template.encode(text, special);
    }

    /** Token ids of text rendered from a chat template, in which control tokens are recognized. */
    public int[] encodeTemplate(String text) {
        return template.encode(text, false);
    }

    /** As {@link #encodeTemplate}, with each token's span of the text. */
    public TokenSpans encodeTemplateSpans(String text) {
        return templateSpans.spans(text);
    }

    /** Token ids of text from a user, in which no part becomes a control token. */
    public int[] encodeContent(String text) {
        return checked(content().encode(typable(text)), text);
    }

    /** As {@link #encodeContent}, with each token's span of the text. */
    public TokenSpans encodeContentSpans(String text) {
        TokenSpans spans = content().spans().spans(typable(text));
        checked(spans.ids(), text);
        return spans;
    }

    /**
     * The text of token ids.
     *
     * @param skipSpecial whether to skip special tokens
     * @throws IllegalArgumentException when an id is not in the vocabulary
     */
    public String decode(int[] ids, boolean skipSpecial) {
        for (int id : ids) {
            if (id < 0) {
                throw new IllegalArgumentException("token id " + id + " is negative");
            }
        }
        return template.decode(ids, skipSpecial);
    }

    /** The beginning-of-sequence token, if the model has one. */
    public OptionalInt bos() {
        return role("bos_token");
    }

    /** The end-of-sequence token, which ends a text or a turn, if the model has one. */
    public OptionalInt eos() {
        return role("eos_token");
    }

    /** The padding token, if the model has one. */
    public OptionalInt pad() {
        return role("pad_token");
    }

    /** The text of bos in chat templates; empty if the model has none. */
    public String bosText() {
        return files.role("bos_token").orElse("");
    }

    /** The text of eos in chat templates; empty if the model has none. */
    public String eosText() {
        return files.role("eos_token").orElse("");
    }

    /** The id of a token by its exact text, such as {@code <|im_end|>}. */
    public OptionalInt id(String tokenText) {
        return files.id(tokenText);
    }

    /** Tokens added to the model's vocabulary, in the order of their ids. */
    public List<AddedToken> addedTokens() {
        return added;
    }

    /** Whether message text must not become this token; false for the unknown token. */
    public boolean reserved(int id) {
        return controlById.containsKey(id);
    }

    /** One more than the largest token id. A model's embedding may have more rows. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** Length of the vocabulary's longest token in UTF-8 bytes; no token stands for more text. */
    public int longestPiece() {
        return longestPiece;
    }

    /**
     * The bytes of each token.
     *
     * @throws FormatProblem when this tokenizer's decoder does not join bytes
     */
    public TokenBytes tokenBytes() {
        synchronized (bytesLock) {
            TokenBytes known = tokenBytes;
            if (known == null) {
                known = TokenBytes.of(files);
                tokenBytes = known;
            }
            return known;
        }
    }

    /** SHA-256, in hex, of the files that determine how text and chats are tokenized. */
    public String digest() {
        return files.digest();
    }

    /**
     * Whether an id is a byte token. A run of byte tokens is decoded as a whole: if it is not valid
     * UTF-8, all of it becomes replacement characters.
     */
    boolean isBytePiece(int id) {
        return bytePieces.get(id);
    }

    /** Whether {@code decode(ids, true)} skips this id. */
    public boolean isUnwritten(int id) {
        return unwritten.get(id);
    }

    @Override
    public void close() {
        template.close();
        synchronized (contentLock) {
            if (content != null) {
                content.library().close();
                content = null;
            }
        }
    }

    private OptionalInt role(String role) {
        return files.role(role).map(files::id).orElse(OptionalInt.empty());
    }

    /** Whether texts from users are encoded without the library. */
    boolean encodesContentItself() {
        return content().fast() != null;
    }

    /** Whether texts of chats are encoded with their spans without the library. */
    boolean encodesTemplateSpansItself() {
        return templateSpans.fast() != null;
    }

    /** Created on first use, because most processes only encode templates. */
    private ContentTokenizer content() {
        synchronized (contentLock) {
            ContentTokenizer open = content;
            if (open == null) {
                open = ContentTokenizer.of(files.file(), new LiteralTokenizerJson(added).literalCopy(files.json()));
                content = open;
            }
            return open;
        }
    }

    /**
     * Encodes text from users.
     *
     * @param fast an encoder with the same ids as the library; null when it does not know the rules of this tokenizer
     * @param spans encodes with spans
     */
    private record ContentTokenizer(
            NativeTokenizer library, @Nullable ByteLevelEncoder fast, SpanEncoder spans) {
        static ContentTokenizer of(Path file, ObjectNode json) {
            NativeTokenizer library = new NativeTokenizer(file, json);
            ByteLevelEncoder fast = ByteLevelEncoder.of(json, text -> library.encode(text, false));
            return new ContentTokenizer(library, fast, new SpanEncoder(library, () -> fast));
        }

        int[] encode(String text) {
            int[] ids = fast == null ? null : fast.encode(NativeTokenizer.valid(text));
            return ids == null ? library.encode(text, false) : ids;
        }
    }

    /** Encodes texts with the spans of their tokens: by itself where its ids and spans are those of the library. */
    private static final class SpanEncoder {
        private final NativeTokenizer library;
        private final Supplier<@Nullable ByteLevelEncoder> own;
        private boolean opened;
        private @Nullable ByteLevelEncoder fast;

        /**
         * @param own opens an encoder with the same ids as the library, on first use
         */
        SpanEncoder(NativeTokenizer library, Supplier<@Nullable ByteLevelEncoder> own) {
            this.library = library;
            this.own = own;
        }

        synchronized @Nullable ByteLevelEncoder fast() {
            if (!opened) {
                opened = true;
                fast = checked();
            }
            return fast;
        }

        private @Nullable ByteLevelEncoder checked() {
            try {
                ByteLevelEncoder encoder = own.get();
                return encoder != null && encoder.agreesOnSpans(this::ofLibrary) ? encoder : null;
            } catch (FormatProblem damaged) {
                return null; // the library fails at some texts; what it does with others is its own
            }
        }

        private ByteLevelEncoder.Spans ofLibrary(String text) {
            TokenSpans spans = library.spans(text);
            return new ByteLevelEncoder.Spans(spans.ids(), spans.starts(), spans.ends());
        }

        TokenSpans spans(String text) {
            ByteLevelEncoder encoder = fast();
            ByteLevelEncoder.Spans spans = encoder == null ? null : encoder.spans(NativeTokenizer.valid(text));
            return spans == null ? library.spans(text) : new TokenSpans(spans.ids(), spans.starts(), spans.ends());
        }
    }

    private static String typable(String text) {
        return text.replace(LiteralTokenizerJson.UNTYPABLE, "\uFFFD");
    }

    private int[] checked(int[] ids, String text) {
        for (int id : ids) {
            AddedToken token = controlIds.get(id) ? controlById.get(id) : null;
            if (token != null) {
                throw new FormatProblem(
                        files.file(),
                        "turns ordinary text into the control token "
                                + token.text()
                                + " in a text of "
                                + text.length()
                                + " characters; this tokenizer cannot be used safely");
            }
        }
        return ids;
    }
}
