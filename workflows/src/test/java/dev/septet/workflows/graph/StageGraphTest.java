package dev.septet.workflows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.Specs;
import dev.septet.workflows.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageGraphTest {
    private static final StageInputs INPUTS =
            StageInputs.constant(new RunRef("hello", "run-1", "/srv", "5eed"), Specs.complete());

    @Test
    void hasAllStagesInTheirOrder() {
        assertThat(StageGraph.NODES).extracting(StageNode::stage).containsExactly(Stage.values());
    }

    /** A run, a plan and a resume say why a stage runs: by what it depends on, or that it always does. */
    @ParameterizedTest
    @EnumSource(Stage.class)
    void explainsWhyAStageRuns(Stage stage) {
        StageNode<?, ?> node = StageGraph.of(stage);

        assertThat(node.stage()).isEqualTo(stage);
        assertThat(node.dependencies().isEmpty()).as("%s", stage).isEqualTo(node.always() != null);
        List<String> groups = groups(node.dependencies());
        assertThat(groups)
                .doesNotHaveDuplicates()
                .allSatisfy(group -> assertThat(group).isNotBlank());
        List<String> all = new ArrayList<>(groups);
        all.addAll(groups(node.unstored()));
        assertThat(all).as("what resume says of %s", stage).contains("words of " + stage.word());
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void aRequestHoldsTheResultsThatTheStageTakesAndNoOthers(Stage stage) {
        StageNode<?, ?> node = StageGraph.of(stage);
        for (Stage other : Stage.values()) {
            List<Stage> rest =
                    Arrays.stream(Stage.values()).filter(kept -> kept != other).toList();
            StageInputs without = INPUTS.restrictedTo(rest);
            if (node.takes().contains(other)) {
                assertThat(node.ready(without)).isFalse();
                assertThatThrownBy(() -> node.request(without)).hasMessageContaining(other.word());
            } else {
                assertThat(node.ready(without)).isTrue();
                assertThat(node.request(without)).isEqualTo(node.request(INPUTS));
            }
            assertThat(node.takes()).allSatisfy(taken -> assertThat(taken).isLessThan(stage));
        }
    }

    @Test
    void everyMeasurementIsSomeStagesPart() {
        List<String> groups = new ArrayList<>();
        StageGraph.NODES.forEach(node -> groups.addAll(groups(node.dependencies())));
        for (KeyMeasurement measurement : KeyMeasurement.values()) {
            assertThat(groups).contains(measurement.group());
        }
    }

    private static <Q> List<String> groups(List<StageDependency<Q>> dependencies) {
        return dependencies.stream().map(StageDependency::group).toList();
    }
}
