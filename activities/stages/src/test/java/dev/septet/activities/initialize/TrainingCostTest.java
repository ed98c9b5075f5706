package dev.septet.activities.initialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.data.EpochSize;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrainingCostTest {
    private static final int LONGEST = 16;

    /** Layers by these names are of dense models; experts have others. */
    @Test
    void refusesTargetsThatAModelHasNot() {
        ModelConfig experts =
                ModelConfig.read(Path.of("../engine/src/test/resources/dev/septet/llm/model/families/mixtral"));
        LoraSpec gates = new LoraSpec(2, 4, 0, List.of("gate_proj", "up_proj", "down_proj"));
        assertThatThrownBy(() -> cost(experts, gates, null))
                .isInstanceOf(StageProblem.class)
                .hasMessage("train: method: the model has none of the layers that `targets` names, so"
                        + " nothing would be trained; name others, such as 'q_proj'");
        LoraSpec queries = new LoraSpec(2, 4, 0, List.of("q_proj", "gate_proj"));
        assertThat(cost(experts, queries, null).trainable()).isPositive();
    }

    /** Whatever the search finds best must fit. */
    @Test
    void isThatOfTheLargestRankThatIsSearched() {
        ModelConfig config = ModelConfig.read(TinyPipeline.baseModel());
        LoraSpec eight = new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR);
        LoraSpec large = new LoraSpec(64, 128, 0, LoraSpec.ALL_LINEAR);
        SearchSpec search = new SearchSpec(List.of(), List.of(64, 8), 0, 5);
        TrainingCost searched = cost(config, eight, search);
        assertThat(searched).isEqualTo(cost(config, large, null));
        assertThat(searched.memoryBytes())
                .isGreaterThan(cost(config, eight, null).memoryBytes());
    }

    @Test
    void aCardHoldsNothingOfTheWorkersProcess() {
        ModelConfig config = ModelConfig.read(TinyPipeline.baseModel());
        LoraSpec eight = new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR);

        long host = cost(config, eight, null).leastMemoryBytes();
        long card = cost(config, eight, null, true).leastMemoryBytes();

        assertThat(host).as("a JVM with libtorch, and a worker").isGreaterThan(450L << 20);
        assertThat(card).isLessThan(100L << 20);
    }

    private static TrainingCost cost(ModelConfig config, LoraSpec method, @Nullable SearchSpec search) {
        return cost(config, method, search, false);
    }

    private static TrainingCost cost(ModelConfig config, LoraSpec method, @Nullable SearchSpec search, boolean card) {
        return TrainingCost.of(
                config,
                TinyPipeline.initialize(),
                TinyPipeline.train(method),
                TinyPipeline.searching(search),
                new EpochSize(24, 100, 0, 0),
                LONGEST,
                card);
    }
}
