package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerRequestTest {
    private static final OutsideTrainer TRL = new OutsideTrainer(
            "trl",
            List.of("python3"),
            List.of("lora"),
            List.of("supervised"),
            Map.of(),
            null,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            1,
            Map.of(),
            List.of());

    @TempDir
    Path temp;

    static Stream<TrainSpec> trainings() {
        return Stream.of(
                TinyPipeline.train(TinyPipeline.LORA),
                TinyPipeline.train(new DoraSpec(TinyPipeline.LORA)),
                TinyPipeline.train(new QloraSpec(TinyPipeline.LORA)),
                TinyPipeline.train(new FullSpec()),
                TinyPipeline.train(new PartialSpec(1, false)),
                TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.1)));
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void fitsItsSchema(TrainSpec spec) throws IOException {
        TrainerRequest request = TrainerRequest.of(
                new TinyPipeline(new LocalStore(temp.resolve("store")), "run-1", temp).trainRequest(spec),
                TRL,
                Map.of("packing", true, "neftune", 5.0),
                "chat",
                1,
                "checkpoints/checkpoint-4");
        List<Error> errors = schema().validate(SpecJson.mapper().writeValueAsString(request), InputFormat.JSON);
        assertThat(errors).isEmpty();
        assertThat(schema().validate("{\"contract\": 1}", InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void hasTheRankThatASearchFound() throws IOException {
        TrainRequest declared = new TinyPipeline(new LocalStore(temp.resolve("store")), "run-1", temp)
                .trainRequest(TinyPipeline.train(new DoraSpec(TinyPipeline.LORA)));
        TrainRequest found = new TrainRequest(
                declared.run(),
                declared.spec(),
                declared.initialize(),
                declared.setup(),
                declared.dataset(),
                declared.model(),
                declared.learningRate(),
                2 * TinyPipeline.LORA.rank());

        assertThat(TrainerRequest.of(found, TRL, Map.of(), "chat", 1, null).method())
                .isInstanceOfSatisfying(DoraSpec.class, method -> {
                    assertThat(method.rank()).isEqualTo(2 * TinyPipeline.LORA.rank());
                    assertThat(method.alpha()).as("the same scale").isEqualTo(2 * TinyPipeline.LORA.alpha());
                });
    }

    private static Schema schema() throws IOException {
        try (InputStream in = TrainerRequest.class.getResourceAsStream("request.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
