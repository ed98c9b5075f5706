package dev.septet.activities.prepare;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.ForgedTokenProblem;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes rows with a model folder's tokenizer and chat template. The loss covers the answers of a
 * chat with their end tokens, the completion of a completion row, and all of a text. Completions
 * and texts end with the model's end token. The rows of a pair are encoded as separate rows.
 * Thread-safe.
 */
public final class ModelRowEncoder implements RowEncoder, AutoCloseable {
    /**
     * Rows are refused without tokenizing only when they are longer than the longest tokens allow
     * by this factor. A normalizer may remove some of a text, and unknown characters may share a
     * token.
     */
    private static final long ROOM = 16;

    private final Path folder;
    private final Tokenizer tokenizer;
    private final List<AddedToken> marks;
    private final int maxTokens;

    /** The begin token, when this tokenizer adds one before every text. */
    private final int[] start;

    private @Nullable ChatEncoder chats;

    /**
     * @param maxTokens length limit of a row
     * @throws FormatProblem when the folder has no tokenizer
     */
    public ModelRowEncoder(Path modelFolder, int maxTokens) {
        this.folder = modelFolder;
        this.maxTokens = maxTokens;
        tokenizer = Tokenizer.open(modelFolder);
        marks = tokenizer.addedTokens().stream().filter(AddedToken::reserved).toList();
        start = start(tokenizer);
    }

    /** Digest of the tokenizer's files, including the chat template. */
    public String digest() {
        return tokenizer.digest();
    }

    /** Text of tokens, with control tokens. */
    String text(int[] tokens) {
        return tokenizer.decode(tokens, false);
    }

    @Override
    public TextTokens textTokens() {
        int around = start.length + (tokenizer.eos().isPresent() ? 1 : 0);
        return new TextTokens() {
            @Override
            public int[] ends(String text) {
                return tokenizer.encodeContentSpans(text).ends();
            }

            @Override
            public int around() {
                return around;
            }
        };
    }

    @Override
    public TokenDataset.Row encode(Row original) {
        Row row = original.answered();
        long characters = characters(row);
        if (characters > maxCharacters(maxTokens)) {
            throw endless(characters, maxTokens);
        }
        TokenDataset.Row encoded = whole(row);
        int tokens = encoded.tokens().length;
        if (tokens > maxTokens) {
            throw new LongRowProblem(PublicText.of("has %d tokens, more than maxTokens %d", tokens, maxTokens));
        }
        requireLoss(encoded);
        return encoded;
    }

    @Override
    public TokenDataset.Row encodeStart(Row row) {
        return encodeStart(row, maxTokens);
    }

    /**
     * Like {@link #encodeStart(Row)} with a separate limit.
     *
     * @param requested number of tokens to keep, at most this encoder's limit
     */
    public TokenDataset.Row encodeStart(Row original, int requested) {
        int limit = Math.min(requested, maxTokens);
        Row row = original.answered();
        long characters = characters(row);
        boolean endless = characters > maxCharacters(limit);
        TokenDataset.Row encoded = whole(endless ? shortened(row, characters, limit) : row);
        int tokens = encoded.tokens().length;
        if (tokens <= limit) {
            if (endless) {
                throw endless(characters, limit);
            }
            requireLoss(encoded);
            return encoded;
        }
        TokenDataset.Row start =
                new TokenDataset.Row(Arrays.copyOf(encoded.tokens(), limit), Arrays.copyOf(encoded.mask(), limit));
        if (!learns(start)) {
            throw new RowProblem(PublicText.of(
                    "has %d tokens, and none of the first %d that `longer: truncate` keeps" + " can be learned",
                    tokens, limit));
        }
        return start;
    }

    private TokenDataset.Row whole(Row row) {
        boolean templated = row instanceof ChatRow;
        row.edited((field, text) -> requireNoControlTokens(field, text, templated));
        return row instanceof ChatRow chat
                ? chat(chat)
                : row instanceof CompletionRow completion
                        ? join(completion.prompt(), completion.completion())
                        : join("", ((TextRow) row).text());
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private TokenDataset.Row chat(ChatRow chat) {
        Chat conversation = chat.chat();
        try {
            TokenSequence sequence = chats().exactExample(
                            conversation, answer -> chat.messages().get(answer).isLearned());
            return new TokenDataset.Row(sequence.ids(), mask(sequence.loss()));
        } catch (ForgedTokenProblem e) {
            throw new RowProblem(
                    PublicText.of("a message becomes the model's control token %s", PublicText.file(e.token())));
        } catch (TemplateProblem e) {
            throw unfit(conversation, e);
        }
    }

    /**
     * The problem of a template's refusal. A template may put a message's text into its refusal. So
     * the refusal is shown only when it is the same for a conversation with the same roles and no
     * text.
     */
    private RowProblem unfit(Chat conversation, TemplateProblem problem) {
        String reason = String.valueOf(problem.getMessage());
        try {
            chats().example(conversation.withoutTexts(), answer -> true);
        } catch (TemplateProblem same) {
            if (reason.equals(same.getMessage())) {
                return new RowProblem(
                        PublicText.of("does not fit the model's chat template: %s", PublicText.said(reason)));
            }
        }
        return new RowProblem(PublicText.of(
                "does not fit the model's chat template, which refuses it for what it says"
                        + " (line %d of the template)",
                problem.line()));
    }

    /** Created at the first chat, because a model without a template can learn from plain text. */
    private synchronized ChatEncoder chats() {
        if (chats == null) {
            chats = new ChatEncoder(ChatTemplate.of(folder), tokenizer);
        }
        return chats;
    }

    private TokenDataset.Row join(String promptText, String learned) {
        int[] prompt = promptText.isEmpty() ? new int[0] : tokenizer.encodeContent(promptText);
        int[] answer = tokenizer.encodeContent(learned);
        int end = tokenizer.eos().isPresent() ? 1 : 0;
        int free = start.length + prompt.length;
        int[] tokens = Arrays.copyOf(start, free + answer.length + end);
        System.arraycopy(prompt, 0, tokens, start.length, prompt.length);
        System.arraycopy(answer, 0, tokens, free, answer.length);
        tokenizer.eos().ifPresent(eos -> tokens[tokens.length - 1] = eos);
        byte[] mask = new byte[tokens.length];
        Arrays.fill(mask, free, mask.length, (byte) 1);
        return new TokenDataset.Row(tokens, mask);
    }

    private static int[] start(Tokenizer tokenizer) {
        int[] around = tokenizer.encode("", true);
        boolean begins = around.length > 0
                && tokenizer.bos().isPresent()
                && around[0] == tokenizer.bos().getAsInt();
        return begins ? new int[] {around[0]} : new int[0];
    }

    /**
     * Length in characters above which a row is not tokenized, because tokenizing needs a hundred
     * times its memory.
     */
    private long maxCharacters(int limit) {
        return ROOM * limit * tokenizer.longestPiece();
    }

    private static long characters(Row row) {
        long[] characters = {0};
        row.edited((field, text) -> {
            characters[0] += text.length();
            return text;
        });
        return characters[0];
    }

    private static LongRowProblem endless(long characters, int limit) {
        return new LongRowProblem(
                PublicText.of("has %d characters, far more than maxTokens %d can hold", characters, limit));
    }

    /** The row with the part of its last text that can be tokenized. */
    private Row shortened(Row row, long characters, int limit) {
        if (row instanceof ChatRow chat && !chat.answer().toolCalls().isEmpty()) {
            throw endless(characters, limit);
        }
        String last =
                row instanceof TextRow text ? text.text() : row.reference().orElseThrow();
        long remaining = maxCharacters(limit) - (characters - last.length());
        if (remaining <= 0) {
            throw endless(characters, limit);
        }
        int end = (int) remaining;
        String start = last.substring(0, Character.isHighSurrogate(last.charAt(end - 1)) ? end - 1 : end);
        if (start.isBlank()) {
            throw endless(characters, limit);
        }
        if (row instanceof ChatRow chat) {
            List<Message> messages = new ArrayList<>(chat.prompt());
            messages.add(chat.answer().withContent(start));
            return chat.with(messages);
        }
        return row instanceof CompletionRow completion
                ? new CompletionRow(completion.prompt(), start, row.place())
                : new TextRow(start, row.place());
    }

    /**
     * Refuses control tokens in a text. A chat template may write some special tokens for a
     * message's content, for example for reasoning. So in chats only real control tokens are
     * refused by their text, and the others by their token ids.
     */
    private String requireNoControlTokens(String field, String text, boolean templated) {
        for (AddedToken token : marks) {
            if ((token.control() || !templated) && text.contains(token.text())) {
                throw new RowProblem(PublicText.of(
                        "%s holds the model's control token %s",
                        PublicText.said(field), PublicText.file(token.text())));
            }
        }
        return text;
    }

    /**
     * Whether the row has a token with a loss. A row's first token has no context and is never
     * predicted.
     */
    private static boolean learns(TokenDataset.Row row) {
        for (int i = 1; i < row.mask().length; i++) {
            if (row.mask()[i] != 0) {
                return true;
            }
        }
        return false;
    }

    private void requireLoss(TokenDataset.Row row) {
        if (learns(row)) {
            return;
        }
        throw new RowProblem(PublicText.of(
                "none of its %d tokens can be learned: the chat template of %s shows no" + " answer",
                row.tokens().length, PublicText.file(String.valueOf(folder.getFileName()))));
    }

    private static byte[] mask(boolean[] loss) {
        byte[] mask = new byte[loss.length];
        for (int i = 0; i < loss.length; i++) {
            mask[i] = (byte) (loss[i] ? 1 : 0);
        }
        return mask;
    }
}
