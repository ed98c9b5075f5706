package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.template.TokenSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationScorerTest {
    private final Random random = new Random(3);

    /** What sequences share changes no score, whether they share solved examples, a question, or nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "lora"})
    void scoresAsSequencesAlone(String name) throws IOException {
        try (TinyModel tiny = TinyModel.open(name);
                ContinuationScorer scorer = new ContinuationScorer(tiny.model(), 100)) {
            int vocabulary = tiny.model().config().vocabularySize();
            int[] solved = tokens(40, vocabulary);
            check(tiny, scorer, questions(solved, vocabulary));
            check(tiny, scorer, questions(solved, vocabulary)); // the prefix is cached now
            check(tiny, scorer, questions(Arrays.copyOf(solved, 25), vocabulary));
            check(tiny, scorer, questions(tokens(30, vocabulary), vocabulary));
            check(tiny, scorer, questions(new int[0], vocabulary));
        }
    }

    private void check(TinyModel tiny, ContinuationScorer scorer, List<TokenSequence> sequences) {
        List<ExampleScore> alone = new Scorer(tiny.model(), 1).score(sequences);
        List<ExampleScore> together = scorer.score(sequences);

        assertThat(together).hasSameSizeAs(alone);
        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i).loss())
                    .as("sequence %d", i)
                    .isCloseTo(alone.get(i).loss(), within(1e-3));
            assertThat(together.get(i).tokens()).isEqualTo(alone.get(i).tokens());
            assertThat(together.get(i).correct()).isEqualTo(alone.get(i).correct());
        }
    }

    /** Questions with several answers of one to five tokens, equal answers, a lonely question, and one without answer. */
    private List<TokenSequence> questions(int[] solved, int vocabulary) {
        List<TokenSequence> sequences = new ArrayList<>();
        for (int question = 0; question < 20; question++) {
            int[] asked = joined(solved, tokens(1 + random.nextInt(30), vocabulary));
            int answers = question == 7 ? 1 : 1 + random.nextInt(5);
            for (int answer = 0; answer < answers; answer++) {
                sequences.add(scored(joined(asked, tokens(1 + random.nextInt(5), vocabulary)), asked.length));
            }
            sequences.add(sequences.get(sequences.size() - 1));
        }
        sequences.add(new TokenSequence(joined(solved, new int[] {5, 6}), new boolean[solved.length + 2]));
        return sequences;
    }

    private static TokenSequence scored(int[] ids, int from) {
        boolean[] loss = new boolean[ids.length];
        Arrays.fill(loss, from, ids.length, true);
        return new TokenSequence(ids, loss);
    }

    private int[] tokens(int count, int vocabulary) {
        return random.ints(count, 0, vocabulary).toArray();
    }

    private static int[] joined(int[] one, int[] other) {
        int[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
