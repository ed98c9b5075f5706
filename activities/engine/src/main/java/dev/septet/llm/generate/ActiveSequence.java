package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.DraftLength;
import dev.septet.llm.generate.sampling.PromptLookupDecoding;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being answered. Its tokens are the prompt, then the answer so far. The KV cache
 * holds the first of them; the model has not yet read the others.
 */
final class ActiveSequence {
    /** Tokens of a prompt whose logits are in memory at once: 25 MB with a vocabulary of 200,000. */
    private static final int SCORED_AT_ONCE = 32;

    private final Answer answer;
    private final GenerationHandle handle;
    private final KvCache kvCache;
    private final @Nullable LoadedAdapter adapter;
    private final boolean scores;
    private final boolean promptScores;
    private final int prompt;
    private final DraftLength draftLength;
    private int[] tokens;
    private int count;
    private int reused;
    private int[] draft = new int[0];

    /** Number of the next outputs that predict tokens of the prompt, and the first of these tokens. */
    private int promptOutputs;

    private int promptStart;
    private @Nullable RuntimeException failure;

    /**
     * @param draftTokens maximum number of tokens to draft
     */
    ActiveSequence(
            GenerationHandle handle, Answer answer, KvCache kvCache, @Nullable LoadedAdapter adapter, int draftTokens) {
        this.handle = handle;
        this.answer = answer;
        this.kvCache = kvCache;
        this.adapter = adapter;
        GenerationRequest request = handle.request();
        this.scores = request.options().scores();
        this.promptScores = request.options().promptLogProbabilities();
        this.tokens = request.prompt().clone();
        this.prompt = tokens.length;
        this.count = prompt;
        this.draftLength = new DraftLength(draftTokens);
    }

    GenerationHandle handle() {
        return handle;
    }

    KvCache kvCache() {
        return kvCache;
    }

    String tenant() {
        return handle.request().tenant();
    }

    @Nullable
    LoadedAdapter adapter() {
        return adapter;
    }

    /** Number of tokens that are not in the KV cache yet. */
    int pending() {
        return count - kvCache.length();
    }

    /** Whether the answer has no token yet, so the model still reads the prompt. */
    boolean readsPrompt() {
        return answer.tokens() == 0;
    }

    /** The tokens that are in the KV cache. */
    int[] computed() {
        return Arrays.copyOf(tokens, kvCache.length());
    }

    /**
     * Length of the prefix that this prompt shares with the first {@code length} tokens of {@code
     * others}. The prompt's last token is excluded: the model must read it to predict the answer's
     * first token. A prompt whose tokens are scored shares nothing.
     */
    int shared(int[] others, int length) {
        if (promptScores) {
            return 0;
        }
        int limit = Math.min(prompt - 1, length);
        int mismatch = Arrays.mismatch(tokens, 0, limit, others, 0, limit);
        return mismatch < 0 ? limit : mismatch;
    }

    int shared(ActiveSequence other) {
        return other.adapter == adapter && other.tenant().equals(tenant()) ? shared(other.tokens, other.count) : 0;
    }

    /** Copies the keys and values of a shared prefix from another KV cache. */
    void copyPrefix(KvCache source, int upTo) {
        reused += upTo - kvCache.length();
        kvCache.copyPrefix(source, upTo);
    }

    /**
     * The model's next input: at most {@code limit} tokens of the prompt, or the answer's last token
     * and the drafted tokens after it.
     */
    DecodingInput feed(int limit) {
        int from = kvCache.length();
        boolean scoresPrompt = promptScores && readsPrompt();
        int size = Math.min(pending(), scoresPrompt ? Math.min(limit, SCORED_AT_ONCE) : limit);
        boolean last = from + size == count;
        draft = last && !readsPrompt()
                ? PromptLookupDecoding.draft(tokens, count, draftLength.length(answer.remaining() - 1))
                : new int[0];
        int[] next = Arrays.copyOfRange(tokens, from, from + size + draft.length);
        System.arraycopy(draft, 0, next, size, draft.length);
        promptOutputs = scoresPrompt ? (last ? size - 1 : size) : 0;
        promptStart = from + 1;
        int outputs = promptOutputs + (last ? 1 + draft.length : 0);
        return new DecodingInput(kvCache, next, outputs, scores, adapter);
    }

    /**
     * Takes the model's output for {@link #feed}. Drafted tokens are accepted up to the first one
     * that differs from the model's choice.
     */
    void accept(TopTokens next) {
        int outputs = next.best().length;
        int accepted = 0;
        try {
            for (int i = 0; i < promptOutputs; i++) {
                answer.readPrompt(next, i, tokens[promptStart + i]);
            }
            for (int i = 0; i < outputs - promptOutputs && !answer.ended(); i++) {
                int id = answer.add(next, promptOutputs + i);
                append(id);
                if (i == draft.length || draft[i] != id) {
                    break;
                }
                accepted++;
            }
        } catch (RuntimeException e) {
            failure = e;
            return;
        }
        if (outputs > promptOutputs) {
            draftLength.record(draft.length, accepted);
            kvCache.truncate(count - 1);
        }
    }

    void cancel() {
        answer.cancel();
    }

    void fail(RuntimeException cause) {
        failure = cause;
    }

    boolean ended() {
        return failure != null || answer.ended();
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }

    Completion completion() {
        return new Completion(answer.result(), usage());
    }

    Usage usage() {
        return new Usage(prompt, reused, count - prompt, draftLength.drafted(), draftLength.accepted());
    }

    private void append(int id) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = id;
    }
}
