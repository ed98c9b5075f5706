package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SearchTrialTest {
    @Test
    void drawsTogetherWhatChangesWithTheSteps() {
        TrainSpec full = train("unfreeze gradually: 50.steps");
        TrainSpec tried = SearchTrial.shortened(full, 20, 200);
        assertThat(tried.steps()).isEqualTo(20);
        assertThat(tried.learningRate().warmup()).isEqualTo(4);
        PreserveSpec preserve = Objects.requireNonNull(tried.preserve());
        assertThat(preserve.unfreezeEvery()).isEqualTo(5);
        assertThat(SearchTrial.shortened(full, 2, 200).preserve())
                .isEqualTo(new PreserveSpec(null, null, null, null, null, 1));
    }

    @Test
    void leavesOtherWordsAsTheyAre() {
        TrainSpec full = train("preserve l2sp: 0.1");
        assertThat(SearchTrial.shortened(full, 20, 200).preserve()).isEqualTo(full.preserve());
        assertThat(SearchTrial.shortened(train(""), 20, 200).preserve()).isNull();
    }

    private static TrainSpec train(String words) {
        String text = """
            pipeline('p') {
                prepare { dataset 'data.jsonl' }
                initialize { model 'base' }
                train {
                    method full()
                    steps 200
                    learningRate linear(peak: 1e-3, warmup: 40.steps)
                    %s
                }
            }
            """.formatted(words);
        return PipelineCompiler.compile(PipelineSource.of("p.groovy", text), Map.of())
                .spec()
                .orElseThrow()
                .train();
    }
}
