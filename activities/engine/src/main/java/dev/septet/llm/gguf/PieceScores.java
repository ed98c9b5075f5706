package dev.septet.llm.gguf;

import dev.septet.llm.format.FormatProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Computes {@code tokenizer.ggml.scores} of a SentencePiece tokenizer. */
final class PieceScores {
    /** Score of a token that no merge produces, as in llama.cpp's converter. */
    private static final float ADDED = -1000;

    /** Score of an id without a token, as in llama.cpp's converter. */
    private static final float NOTHING = -10_000;

    private PieceScores() {}

    /**
     * Scores with which llama.cpp merges the same pairs in the same order.
     *
     * @param types types of the tokens, by GGUF's numbers
     * @throws FormatProblem when no scores are equivalent to the merges
     */
    static List<Float> of(
            Path file, List<String> tokens, List<Integer> types, List<SentencePieceVocabulary.Pair> merges) {
        Set<String> joinable = new LinkedHashSet<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) == GgufVocabulary.NORMAL) {
                joinable.add(tokens.get(id));
            }
        }
        refuse(
                file,
                "does not join %s, but GGUF's scores would join them; %d such pairs",
                SentencePieceVocabulary.unlisted(merges, joinable));
        refuse(
                file,
                "joins %s later than other pairs of the same piece, but GGUF has one score for"
                        + " each piece; %d such pairs",
                SentencePieceVocabulary.separated(merges));
        Map<String, Float> made = SentencePieceVocabulary.scores(merges);
        List<Float> scores = new ArrayList<>();
        int next = made.size();
        for (int id = 0; id < tokens.size(); id++) {
            Float score = made.get(tokens.get(id));
            scores.add(
                    switch (types.get(id)) {
                        case GgufVocabulary.NORMAL -> score == null ? (float) -next++ : score;
                        case GgufVocabulary.BYTE, GgufVocabulary.UNKNOWN -> 0f;
                        case GgufVocabulary.UNUSED -> NOTHING;
                        default -> ADDED;
                    });
        }
        return scores;
    }

    private static void refuse(Path file, String reason, List<SentencePieceVocabulary.Pair> pairs) {
        if (!pairs.isEmpty()) {
            throw new FormatProblem(file, String.format(reason, pairs.subList(0, 1), pairs.size()));
        }
    }
}
