package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine's own tests pass on a device that is not the CPU: no program mixes devices, and every
 * operator that runs there is deterministic on a card.
 */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class EmulatedCardTest {
    private static final String NAMESPACE = "aten::";

    /**
     * Tests of programs, by name: they are in packages that do not show them. Tests that compute
     * expected values with a plain Llama of DJL's operators are missing: it calls {@code cumsum}.
     */
    private static final List<String> PROGRAMS = List.of(
            "runtime.DeterministicKernelsTest",
            "runtime.ScriptTest",
            "model.DecodingTest",
            "model.SwitchTest",
            "model.config.FamilyParityTest",
            "model.program.DropoutTest",
            "model.program.ExpertsTest",
            "model.program.LanguageModelTest",
            "model.program.TokenBatchTest",
            "model.weights.Nf4Test",
            "generate.GeneratorTest",
            "generate.ManyAdaptersTest",
            "generate.ScorerTest",
            "train.AdapterParityTest",
            "train.CachedActivationsTest",
            "train.ContributedMethodTest",
            "train.DoraTest",
            "train.FamilyTrainingTest",
            "train.FisherTest",
            "train.MethodContractTest",
            "train.ModelExportTest",
            "train.PreferenceParityTest",
            "train.ResumeTest",
            "train.TrainerParityTest",
            "train.TrainerTest",
            "train.WeightProgramTest",
            "train.WeightRegularizerTest");

    @TempDir
    private Path scratch = Path.of("");

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void programsStayOnTheCardAndAreDeterministicThere() throws Exception {
        List<Class<?>> tests = new ArrayList<>(List.of(EmulatedCardChecks.class));
        for (String name : PROGRAMS) {
            tests.add(Class.forName("dev.septet.llm." + name));
        }

        EmulatedCard.Outcome outcome = EmulatedCard.build().run(scratch, tests);

        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.tests()).isGreaterThan(200);
        Set<String> operators = new TreeSet<>();
        outcome.operators().forEach(name -> operators.add(name.substring(NAMESPACE.length())));
        assertThat(operators)
                .as("backward passes run there too; sums of integers in any order are equal")
                .contains("mm", "embedding_dense_backward", "_index_put_impl_")
                .doesNotContainAnyElementsOf(CudaOperators.REFUSED);
    }
}
