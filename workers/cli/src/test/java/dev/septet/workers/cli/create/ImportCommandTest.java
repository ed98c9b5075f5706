package dev.septet.workers.cli.create;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec.Shape;
import dev.septet.dsl.pipeline.train.LoraScaling;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.pipeline.train.UnsupervisedSpec;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** `septet import` keeps the meaning of a configuration, and is silent about no key. */
class ImportCommandTest {
    private static final String AXOLOTL =
            "base_model: owner/model\ndatasets:\n  - path: rows.jsonl\n    type: alpaca\n";
    private static final String FACTORY = "model_name_or_path: owner/model\ndataset: shop\n";

    @TempDir
    private Path root = Path.of("");

    private Captured septet = new Captured(root);
    private JsonNode report = new ObjectMapper().createObjectNode();

    @BeforeEach
    void data() throws IOException {
        septet = new Captured(root);
        Files.createDirectories(root.resolve("data"));
        Files.writeString(
                root.resolve("rows.jsonl"),
                String.join(
                        "",
                        IntStream.range(0, 400)
                                .mapToObj(at -> "{\"instruction\": \"i" + at + "\", \"output\": \"o\"}\n")
                                .toList()));
        Files.copy(root.resolve("rows.jsonl"), root.resolve("data/rows.jsonl"));
        Files.copy(root.resolve("rows.jsonl"), root.resolve("data/more.jsonl"));
        Files.writeString(root.resolve("data/dataset_info.json"), """
                {"shop": {"file_name": "rows.jsonl"},
                 "talks": {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": {"messages": "turns"},
                           "tags": {"user_tag": "customer"}},
                 "openai": {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": {"messages": "messages"},
                            "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user",
                                     "assistant_tag": "assistant"}},
                 "plain": {"file_name": "rows.jsonl", "columns": {"prompt": "body"}},
                 "pairs": {"file_name": "rows.jsonl", "ranking": true},
                 "hub": {"hf_hub_url": "owner/rows", "subset": "en", "split": "train", "num_samples": 50},
                 "few": {"file_name": "more.jsonl", "num_samples": 50}}
                """);
    }

    private PipelineSpec imported(String yaml) throws IOException {
        Path config = Files.writeString(root.resolve("config.yaml"), yaml);
        Path file = root.resolve("pipeline.groovy");
        assertThat(septet.run("import", config, "-o", file, "--overwrite", "--json", "--name", "it"))
                .as(septet.err())
                .isZero();
        report = new ObjectMapper().readTree(septet.out());
        Compilation compiled = PipelineCompiler.compile(file, Map.of());
        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.remarks()).isEmpty();
        return compiled.spec().orElseThrow();
    }

    /** What became of a key. */
    private String status(String key) {
        List<String> found = StreamSupport.stream(report.path("keys").spliterator(), false)
                .filter(each -> each.path("key").asText().equals(key))
                .map(each -> each.path("status").asText())
                .toList();
        assertThat(found).as(key).hasSize(1);
        return found.get(0);
    }

    /** What the report says about a key. */
    private String note(String key) {
        return StreamSupport.stream(report.path("keys").spliterator(), false)
                .filter(each -> each.path("key").asText().equals(key))
                .map(each -> each.path("note").asText())
                .findFirst()
                .orElse("");
    }

    @Test
    void aLoraOfAxolotlKeepsItsMeaning() throws IOException {
        PipelineSpec spec = imported(AXOLOTL + """
                adapter: lora
                lora_r: 32
                lora_alpha: 16
                lora_dropout: 0.05
                lora_target_modules: [q_proj, v_proj]
                peft_use_rslora: true
                loraplus_lr_ratio: 16
                micro_batch_size: 2
                gradient_accumulation_steps: 4
                num_epochs: 3
                learning_rate: 2e-4
                lr_scheduler: linear
                warmup_ratio: 0.1
                weight_decay: 0.01
                adam_beta2: 0.95
                max_grad_norm: 0.5
                sequence_len: 1024
                val_set_size: 0.1
                bf16: auto
                seed: 7
                save_steps: 50
                save_total_limit: 3
                eval_steps: 25
                early_stopping_patience: 2
                """);
        assertThat(spec.train().method())
                .isEqualTo(new LoraSpec(32, 16, 0.05, List.of("q_proj", "v_proj"), LoraScaling.RANK_STABILIZED, 16));
        assertThat(spec.train().batch()).isEqualTo(new BatchSpec(2, 4));
        assertThat(spec.train().epochs()).isEqualTo(3);
        // 340 training rows of 400, 8 in a step: 43 steps an epoch, 129 in all, and a tenth of them warm up.
        assertThat(spec.train().learningRate()).isEqualTo(new LearningRateSpec(Shape.LINEAR, 2e-4, 13));
        assertThat(spec.train().optimizer()).isEqualTo(new AdamwSpec(0.01, 0.9, 0.95, 1e-8));
        assertThat(spec.train().clip()).isEqualTo(0.5);
        assertThat(spec.prepare().maxTokens()).isEqualTo(1024);
        assertThat(spec.prepare().split().validation()).isEqualTo(10);
        assertThat(spec.prepare().format()).isEqualTo(DatasetFormat.ALPACA);
        assertThat(spec.setup().precision()).isEqualTo(Precision.BF16);
        assertThat(spec.setup().seed()).isEqualTo(7);
        assertThat(spec.train().checkpoint().everySteps()).isEqualTo(50);
        assertThat(spec.train().checkpoint().keep()).isEqualTo(3);
        assertThat(spec.train().validateEvery()).isEqualTo(25);
        assertThat(requireNonNull(spec.train().stop()).patience()).isEqualTo(2);
        assertThat(status("lora_r")).isEqualTo("translated");
        assertThat(status("val_set_size")).isEqualTo("changed");
        assertThat(status("datasets[0].type")).isEqualTo("changed");
    }

    @Test
    void defaultsOfTheToolsAreStated() throws IOException {
        PipelineSpec axolotl = imported(AXOLOTL + "learning_rate: 1e-4\n");
        assertThat(axolotl.train().method()).isEqualTo(new FullSpec());
        assertThat(axolotl.train().batch()).isEqualTo(new BatchSpec(1, 1));
        assertThat(axolotl.train().epochs()).isEqualTo(1);
        assertThat(axolotl.train().learningRate().shape()).isEqualTo(Shape.COSINE);
        assertThat(axolotl.prepare().maxTokens()).isEqualTo(512);
        assertThat(axolotl.prepare().split().validation()).isZero();
        assertThat(status("num_epochs")).isEqualTo("default");
        PipelineSpec factory = imported(FACTORY);
        assertThat(factory.train().method()).isEqualTo(new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR));
        assertThat(factory.train().batch()).isEqualTo(new BatchSpec(8, 1));
        assertThat(factory.train().epochs()).isEqualTo(3);
        assertThat(factory.train().learningRate()).isEqualTo(new LearningRateSpec(Shape.LINEAR, 5e-5, 0));
        assertThat(factory.prepare().maxTokens()).isEqualTo(2048);
        assertThat(status("learning_rate")).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adapter: qlora, load_in_4bit: true, lora_r: 8, lora_alpha: 16, lora_target_linear: true|qlora",
                "adapter: lora, load_in_4bit: true, lora_r: 8, lora_alpha: 16|qlora",
                "adapter: lora, peft_use_dora: true, lora_r: 8, lora_alpha: 16|dora",
                "adapter: null, load_in_8bit: false|full"
            })
    void methodsOfAxolotl(String keys, String method) throws IOException {
        var trained =
                imported(AXOLOTL + keys.replace(", ", "\n") + "\n").train().method();
        LoraSpec adapter = new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR);
        assertThat(trained)
                .isEqualTo(
                        switch (method) {
                            case "qlora" -> new QloraSpec(adapter);
                            case "dora" -> new DoraSpec(adapter);
                            default -> new FullSpec();
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "finetuning_type: lora, quantization_bit: 4|qlora",
                "finetuning_type: lora, use_dora: true|dora",
                "finetuning_type: full|full",
                "finetuning_type: freeze, freeze_trainable_layers: 3|partial"
            })
    void methodsOfLlamaFactory(String keys, String method) throws IOException {
        var trained =
                imported(FACTORY + keys.replace(", ", "\n") + "\n").train().method();
        LoraSpec adapter = new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR);
        assertThat(trained)
                .isEqualTo(
                        switch (method) {
                            case "qlora" -> new QloraSpec(adapter);
                            case "dora" -> new DoraSpec(adapter);
                            case "partial" -> new PartialSpec(3, false);
                            default -> new FullSpec();
                        });
    }

    /** The language has no DoRA on a base model in 4 bits, and a base model in 16 bits may not fit. */
    @Test
    void aBaseModelInFourBitsStaysSoWithDora() throws IOException {
        QloraSpec quantized = new QloraSpec(new LoraSpec(8, 16, 0, LoraSpec.ALL_LINEAR));
        for (String adapter : List.of("qlora", "lora")) {
            PipelineSpec axolotl = imported(AXOLOTL + "adapter: " + adapter + """

                    load_in_4bit: true
                    lora_r: 8
                    lora_alpha: 16
                    peft_use_dora: true
                    """);
            assertThat(axolotl.train().method()).isEqualTo(quantized);
            assertThat(status("load_in_4bit")).isEqualTo("translated");
            assertThat(status("peft_use_dora")).isEqualTo("not-translated");
            assertThat(note("peft_use_dora")).contains("no DoRA on a base model in 4 bits", "keeps `qlora`");
        }
        PipelineSpec factory = imported(FACTORY + "quantization_bit: 4\nuse_dora: true\n");
        assertThat(factory.train().method()).isEqualTo(quantized);
        assertThat(status("quantization_bit")).isEqualTo("translated");
        assertThat(status("use_dora")).isEqualTo("not-translated");
    }

    @Test
    void stepsAreThoseOfTheRowsThatAreUsed() throws IOException {
        String keys = """
                per_device_train_batch_size: 1
                num_train_epochs: 2
                warmup_ratio: 0.1
                eval_strategy: epoch
                save_strategy: epoch
                """;
        // 85 training rows of 100; those of all 400 rows of the file would be 340.
        String tenth = keys + "val_size: 0.1\n";
        PipelineSpec hundred = imported(FACTORY + tenth + "max_samples: 100\n");
        assertThat(hundred.prepare().inputs().get(0).limit()).isEqualTo(100);
        assertThat(hundred.train().learningRate().warmup()).isEqualTo(17);
        assertThat(hundred.train().validateEvery()).isEqualTo(85);
        assertThat(hundred.train().checkpoint().everySteps()).isEqualTo(85);
        // A limit above the number of rows changes nothing.
        assertThat(imported(FACTORY + tenth + "max_samples: 100000\n").train().validateEvery())
                .isEqualTo(340);
        // 30 of 100 rows are validation rows.
        PipelineSpec split = imported(FACTORY + keys + "max_samples: 100\nval_size: 30\n");
        assertThat(split.prepare().split().validation()).isEqualTo(30);
        assertThat(split.train().validateEvery()).isEqualTo(65);
        // The description of a dataset has a limit too, and the smaller one decides.
        String few = FACTORY.replace("shop", "few") + tenth;
        PipelineSpec described = imported(few);
        assertThat(described.prepare().inputs().get(0).limit()).isEqualTo(50);
        assertThat(described.train().validateEvery()).isEqualTo(43);
        PipelineSpec both = imported(few + "max_samples: 20\n");
        assertThat(both.prepare().inputs().get(0).limit()).isEqualTo(20);
        assertThat(both.train().validateEvery()).isEqualTo(17);
    }

    /** Shares leave out rows of the larger datasets, so nobody can count the steps before. */
    @Test
    void stepsOfMixedDatasetsAreUnknown() throws IOException {
        imported(FACTORY.replace("shop", "shop, few") + """
                mix_strategy: interleave_under
                interleave_probs: 0.5,0.5
                warmup_ratio: 0.1
                """);
        assertThat(status("warmup_ratio")).isEqualTo("not-translated");
    }

    /** As in Hugging Face's trainer: a number of steps that is left over from `steps` has no effect. */
    @Test
    void theStrategyDecidesWhatIsRegular() throws IOException {
        String validated = FACTORY + "val_size: 0.1\n";
        PipelineSpec epochs = imported(validated + """
                per_device_train_batch_size: 4
                eval_strategy: epoch
                eval_steps: 500
                save_strategy: epoch
                save_steps: 300
                save_total_limit: 2
                """);
        assertThat(epochs.train().validateEvery()).isEqualTo(85);
        assertThat(epochs.train().checkpoint().everySteps()).isEqualTo(85);
        assertThat(epochs.train().checkpoint().keep()).isEqualTo(2);
        for (String unused : List.of("eval_steps", "save_steps")) {
            assertThat(status(unused)).isEqualTo("not-needed");
            assertThat(note(unused)).contains("decides. Hugging Face's trainer ignores `" + unused + "` then too");
        }
        assertThat(status("eval_strategy")).isEqualTo("changed");
        assertThat(status("save_strategy")).isEqualTo("changed");

        PipelineSpec steps = imported(validated + """
                eval_strategy: steps
                eval_steps: 500
                save_strategy: steps
                save_steps: 300
                """);
        assertThat(steps.train().validateEvery()).isEqualTo(500);
        assertThat(steps.train().checkpoint().everySteps()).isEqualTo(300);
        assertThat(status("eval_steps")).isEqualTo("translated");
        assertThat(status("save_strategy")).isEqualTo("not-needed");

        PipelineSpec never =
                imported(validated + "eval_strategy: no\neval_steps: 7\nsave_strategy: no\nsave_steps: 7\n");
        assertThat(never.train().validateEvery()).isNotEqualTo(7);
        assertThat(never.train().checkpoint().everySteps()).isNotEqualTo(7);
        assertThat(status("eval_steps")).isEqualTo("not-needed");
        assertThat(status("save_strategy")).isEqualTo("not-translated");

        // The epoch of an unknown number of rows has unknown steps; 300 is not the answer.
        PipelineSpec unknown = imported(validated.replace("shop", "hub") + "save_strategy: epoch\nsave_steps: 300\n");
        assertThat(unknown.train().checkpoint().everySteps()).isNotEqualTo(300);
        assertThat(note("save_strategy")).contains("The steps of an epoch are not known here");

        // With a number of steps, an epoch is still that of the rows.
        PipelineSpec counted = imported(validated
                + "per_device_train_batch_size: 4\nmax_steps: 200\neval_strategy: epoch\nevaluation_strategy: steps\n");
        assertThat(counted.train().validateEvery()).isEqualTo(85);
        assertThat(status("evaluation_strategy")).isEqualTo("not-needed");
    }

    /** The tools validate nothing then, whatever the other keys say. */
    @Test
    void withoutValidationRowsThereIsNoValidation() throws IOException {
        imported(AXOLOTL + "val_set_size: 0\nevals_per_epoch: 4\n");
        assertThat(status("evals_per_epoch")).isEqualTo("not-needed");
        imported(FACTORY + "eval_steps: 500\neval_strategy: no\n");
        assertThat(status("eval_steps")).isEqualTo("not-needed");
        assertThat(note("eval_strategy")).contains("no validation rows");
        PipelineSpec apart = imported(FACTORY + "eval_dataset: few\neval_steps: 50\neval_strategy: steps\n");
        assertThat(apart.train().validateEvery()).isEqualTo(50);
    }

    /** LLaMA-Factory cuts every dataset that it loads, those of validation rows too. */
    @Test
    void aLimitIsThatOfValidationRowsToo() throws IOException {
        PipelineSpec spec = imported(FACTORY + "eval_dataset: few, hub\nmax_samples: 40\n");
        assertThat(spec.prepare().inputs()).extracting(SourceSpec::limit).containsExactly(40L, 40L, 40L);
        assertThat(imported(FACTORY + "eval_dataset: few\n").prepare().inputs())
                .extracting(SourceSpec::limit)
                .containsExactly(null, 50L);

        imported(FACTORY.replace("shop", "shop, few") + "eval_dataset: hub\ninterleave_probs: 0.5,0.5\n");
        assertThat(status("interleave_probs")).isEqualTo("changed");
        assertThat(note("interleave_probs")).contains("validates on all rows of `eval_dataset`");
    }

    /** A file is silent about checkpoints, validations or bf16; the tool is not. */
    @Test
    void defaultsOfIntervalsAndPrecisionAreStatedOrReported() throws IOException {
        PipelineSpec factory = imported(FACTORY + "val_size: 0.1\n");
        assertThat(factory.train().checkpoint()).isEqualTo(new CheckpointSpec(500, CheckpointSpec.DEFAULT.keep()));
        assertThat(status("save_steps")).isEqualTo("default");
        assertThat(status("save_total_limit")).isEqualTo("not-translated");
        assertThat(note("save_total_limit")).contains("keeps all checkpoints", "keeps the newest 2");
        assertThat(status("eval_strategy")).isEqualTo("not-translated");
        assertThat(note("eval_strategy")).contains("every " + TrainSpec.DEFAULT_VALIDATE_EVERY + " steps");
        assertThat(factory.setup().precision()).isEqualTo(Precision.FLOAT32);
        assertThat(status("bf16")).isEqualTo("default");
        PipelineSpec alone = imported(FACTORY + "save_strategy: steps\nsave_total_limit: 3\n");
        assertThat(alone.train().checkpoint()).isEqualTo(new CheckpointSpec(500, 3));
        assertThat(status("save_steps")).isEqualTo("default");

        PipelineSpec axolotl = imported(AXOLOTL + "learning_rate: 1e-4\nmicro_batch_size: 2\n");
        assertThat(axolotl.train().checkpoint()).isEqualTo(new CheckpointSpec(190, 4)); // 380 rows, one epoch
        assertThat(status("save_strategy")).isEqualTo("default");
        assertThat(status("save_total_limit")).isEqualTo("default");
        assertThat(axolotl.setup().precision()).isEqualTo(Precision.BF16);
        assertThat(status("bf16")).isEqualTo("default");
        PipelineSpec hub = imported(AXOLOTL.replace("rows.jsonl", "owner/rows") + "learning_rate: 1e-4\nbf16: false\n");
        assertThat(hub.train().checkpoint()).isEqualTo(new CheckpointSpec(CheckpointSpec.DEFAULT.everySteps(), 4));
        assertThat(status("save_strategy")).isEqualTo("not-translated");
        assertThat(note("save_strategy")).contains("once per epoch", "not known here");
        assertThat(hub.setup().precision()).isEqualTo(Precision.FLOAT32);
    }

    /** Axolotl divides all steps by the epochs, even where {@code max_steps} ends the training earlier. */
    @Test
    void aNumberPerEpochIsAShareOfAllSteps() throws IOException {
        String keys = AXOLOTL + "learning_rate: 1e-4\nval_set_size: 0.1\nsaves_per_epoch: 2\nevals_per_epoch: 4\n";
        PipelineSpec epochs = imported(keys + "num_epochs: 3\n"); // 340 steps an epoch
        assertThat(epochs.train().checkpoint().everySteps()).isEqualTo(170);
        assertThat(epochs.train().validateEvery()).isEqualTo(85);
        PipelineSpec steps = imported(keys + "num_epochs: 3\nmax_steps: 300\n");
        assertThat(steps.train().checkpoint().everySteps()).isEqualTo(50);
        assertThat(steps.train().validateEvery()).isEqualTo(25);
        assertThat(status("saves_per_epoch")).isEqualTo("changed");
    }

    @Test
    void packingThatIsADefaultIsReported() throws IOException {
        imported(FACTORY.replace("shop", "plain") + "stage: pt\n");
        assertThat(status("packing")).isEqualTo("not-translated");
        assertThat(note("packing")).contains("The tool's default", "multiply `size:`");
        imported(FACTORY);
        assertThat(note("packing")).isEmpty();
    }

    @Test
    void conversationsKeepTheirFields() throws IOException {
        PipelineSpec shareGpt = imported("""
                base_model: owner/model
                datasets:
                  - path: rows.jsonl
                    type: chat_template
                    field_messages: turns
                    message_property_mappings: {role: from, content: value}
                    roles: {user: [human, customer], assistant: [gpt]}
                  - path: owner/rows
                    name: en
                    split: train
                    type: chat_template
                    field_messages: turns
                    message_property_mappings: {role: from, content: value}
                """);
        List<SourceSpec> sources = shareGpt.prepare().inputs();
        assertThat(sources.get(0).format()).isEqualTo(DatasetFormat.SHAREGPT);
        assertThat(requireNonNull(shareGpt.prepare().names()).columns()).isEqualTo(Map.of("conversations", "turns"));
        assertThat(requireNonNull(shareGpt.prepare().names()).roles()).isEqualTo(Map.of("user", "customer"));
        assertThat(requireNonNull(sources.get(1).huggingFace()).id()).isEqualTo("owner/rows");
        assertThat(requireNonNull(sources.get(1).huggingFace()).config()).isEqualTo("en");
        PipelineSpec talks = imported(FACTORY.replace("shop", "talks"));
        assertThat(talks.prepare().format()).isEqualTo(DatasetFormat.SHAREGPT);
        assertThat(requireNonNull(talks.prepare().names()).columns()).isEqualTo(Map.of("conversations", "turns"));
        assertThat(requireNonNull(talks.prepare().names()).roles()).isEqualTo(Map.of("user", "customer"));
        assertThat(imported(FACTORY.replace("shop", "openai")).prepare().format())
                .isEqualTo(DatasetFormat.CHAT);
        PipelineSpec hub = imported(FACTORY.replace("shop", "hub, shop") + "max_samples: 100\n");
        assertThat(requireNonNull(hub.prepare().inputs().get(0).huggingFace()).config())
                .isEqualTo("en");
        assertThat(hub.prepare().inputs().get(1).limit()).isEqualTo(100);
    }

    @Test
    void objectivesKeepTheirMeaningOrAreRefused() throws IOException {
        assertThat(imported(FACTORY.replace("shop", "plain") + "stage: pt\n")
                        .train()
                        .objective())
                .isEqualTo(new UnsupervisedSpec());
        PipelineSpec dpo = imported(FACTORY.replace("shop", "pairs") + "stage: dpo\npref_beta: 0.2\n");
        assertThat(dpo.train().objective()).isEqualTo(new DpoSpec(0.2));
        assertThat(dpo.prepare().format()).isEqualTo(DatasetFormat.PREFERENCE);
        assertThat(requireNonNull(dpo.prepare().names()).columns()).isEqualTo(Map.of("prompt", "instruction"));
        PipelineSpec axolotl = imported(
                "base_model: owner/model\nrl: dpo\nrl_beta: 0.3\ndatasets:\n  - {path: rows.jsonl, type: chat_template.default}\n");
        assertThat(axolotl.train().objective()).isEqualTo(new DpoSpec(0.3));
        for (String other : List.of(
                AXOLOTL + "rl: grpo\n",
                FACTORY + "stage: ppo\n",
                FACTORY + "stage: kto\n",
                FACTORY + "stage: dpo\npref_loss: orpo\n")) {
            Path config = Files.writeString(root.resolve("other.yaml"), other);
            assertThat(septet.run("import", config, "-o", root.resolve("other.groovy")))
                    .isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).contains("other.yaml:", "has no counterpart", "Nothing was written");
            assertThat(root.resolve("other.groovy")).doesNotExist();
        }
    }

    @Test
    void warmupsAreStepsOrSaidToBeUnknown() throws IOException {
        assertThat(imported(AXOLOTL + "max_steps: 200\nwarmup_ratio: 0.05\n")
                        .train()
                        .learningRate()
                        .warmup())
                .isEqualTo(10);
        assertThat(imported(AXOLOTL + "warmup_steps: 7\nwarmup_ratio: 0.05\n")
                        .train()
                        .learningRate()
                        .warmup())
                .isEqualTo(7);
        assertThat(imported(AXOLOTL.replace("rows.jsonl", "owner/rows") + "warmup_ratio: 0.05\n")
                        .train()
                        .learningRate()
                        .warmup())
                .isZero();
        assertThat(status("warmup_ratio")).isEqualTo("not-translated");
        assertThat(imported(AXOLOTL + "batch_size: 16\nmicro_batch_size: 4\n")
                        .train()
                        .batch())
                .isEqualTo(new BatchSpec(4, 4));
    }

    @Test
    void theDefaultWarmupIsInThePipelineOrReportedAsMissing() throws IOException {
        assertThat(imported(AXOLOTL + "learning_rate: 1e-4\n")
                        .train()
                        .learningRate()
                        .warmup())
                .isEqualTo(11); // 3 % of 380 steps
        assertThat(status("warmup_ratio")).isEqualTo("default");
        assertThat(imported(AXOLOTL + "learning_rate: 1e-4\nmax_steps: 10000\n")
                        .train()
                        .learningRate()
                        .warmup())
                .isEqualTo(100); // Axolotl's bound
        String hub = AXOLOTL.replace("rows.jsonl", "owner/rows") + "learning_rate: 1e-4\n";
        assertThat(imported(hub).train().learningRate().warmup()).isZero();
        assertThat(status("warmup_ratio")).isEqualTo("not-translated");
        assertThat(note("warmup_ratio"))
                .contains("The tool's default", "steps, which are not known here", "write 0.03 of them");
    }

    @Test
    void differencesAreSaid() throws IOException {
        imported(AXOLOTL + """
                sample_packing: true
                train_on_inputs: true
                optimizer: muon
                lr_scheduler: one_cycle
                num_epochs: 1.5
                chat_template: chatml
                special_tokens: {pad_token: "<pad>"}
                hf_use_auth_token: true
                wandb_project: shop
                deepspeed: zero3.json
                flash_attention: true
                neftune_noise_alpha: 5
                gradient_checkpointing: false
                lora_model_dir:
                lerning_rate: 3
                """);
        assertThat(status("sample_packing")).isEqualTo("changed");
        assertThat(status("train_on_inputs")).isEqualTo("not-translated");
        assertThat(status("optimizer")).isEqualTo("not-translated");
        assertThat(status("lr_scheduler")).isEqualTo("not-translated");
        assertThat(status("num_epochs")).isEqualTo("changed");
        assertThat(status("chat_template")).isEqualTo("not-translated");
        assertThat(status("wandb_project")).isEqualTo("not-needed");
        assertThat(status("deepspeed")).isEqualTo("not-translated");
        assertThat(status("neftune_noise_alpha")).isEqualTo("not-translated");
        assertThat(status("gradient_checkpointing")).isEqualTo("not-needed");
        assertThat(status("lora_model_dir")).isEqualTo("not-needed");
        assertThat(status("lerning_rate")).isEqualTo("unknown");
        assertThat(report.toString()).contains("Did it mean `learning_rate`?");
    }

    /** Each key of a tool alone: it is reported once, or refused by its name. */
    @ParameterizedTest
    @EnumSource(ForeignTool.class)
    void noKeyIsDroppedInSilence(ForeignTool tool) {
        String minimal = tool == ForeignTool.AXOLOTL ? AXOLOTL : FACTORY;
        List<String> silent = new ArrayList<>();
        for (String key : tool.keys().keySet()) {
            for (String written : List.of("1", "true", "some", "[a, b]", "{a: b}")) {
                if (minimal.contains(key + ":")) {
                    continue;
                }
                ImportReport told = new ImportReport();
                try {
                    ForeignConfig config =
                            new ForeignConfig(ConfigValue.of("c.yaml", minimal + key + ": " + written + "\n"), told);
                    ImportFiles files = new ImportFiles(root, root);
                    if (tool == ForeignTool.AXOLOTL) {
                        new AxolotlImport(config, new ImportedPipeline(), files).translate();
                    } else {
                        new LlamaFactoryImport(config, new ImportedPipeline(), files).translate();
                    }
                    long times = told.entries().stream()
                            .filter(entry -> entry.key().equals(key) && entry.line() > 0)
                            .count();
                    if (times < 1) {
                        silent.add(key + ": " + written);
                    }
                } catch (CliProblem refused) {
                    assertThat(refused).hasMessageContaining(key);
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: &d [*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
                "base_model: !!javax.script.ScriptEngineManager [!!java.net.URL [\"http://x\"]]\n",
                "base_model: !include /etc/passwd\n",
                "base_model: [\n",
                "base_model: a\nbase_model: b\n",
                "- a\n- b\n",
                "",
                "just text",
                "base_model: \"\\xff",
                "? [a]\n: b\n",
                "a: &a {b: *a}\n"
            })
    void hostileYamlIsRefusedPlainly(String yaml) throws IOException {
        Path config = Files.writeString(root.resolve("hostile.yaml"), yaml);
        Path file = root.resolve("hostile.groovy");
        assertThat(septet.run("import", config, "-o", file, "--from", "axolotl"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("hostile.yaml").doesNotContain("Exception", "unexpected error");
        assertThat(file).doesNotExist();
    }

    @Test
    void depthSizeAndBytesAreBounded() throws IOException {
        for (byte[] bytes : List.of(
                "[".repeat(5000).getBytes(StandardCharsets.UTF_8),
                ("a: " + "x".repeat(2 << 20)).getBytes(StandardCharsets.UTF_8),
                new byte[] {'a', ':', ' ', (byte) 0xff})) {
            Path config = Files.write(root.resolve("hostile.yaml"), bytes);
            assertThat(septet.run("import", config, "-o", root.resolve("hostile.groovy")))
                    .isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).contains("hostile.yaml").doesNotContain("Exception", "unexpected error");
        }
    }

    @Test
    void filesThatAreMissingAreNamed() throws IOException {
        Path config = Files.writeString(
                root.resolve("c.yaml"), "base_model: models/none\ndatasets: [{path: no/rows.jsonl, type: alpaca}]\n");
        assertThat(septet.run("import", config, "-o", root.resolve("p.groovy")))
                .as(septet.err())
                .isZero();
        assertThat(septet.out()).contains("Missing  no/rows.jsonl: put it there, or correct the path");
        assertThat(septet.run("import", config, "-o", root.resolve("p.groovy"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("exists already and was not changed");
        assertThat(septet.run("import", root.resolve("gone.yaml"))).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.run("import", config, "--from", "trl", "-o", root.resolve("q.groovy")))
                .isEqualTo(ExitCode.USAGE);
        Files.writeString(config, "learning_rate: 3\n");
        assertThat(septet.run("import", config, "-o", root.resolve("q.groovy"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("give --from axolotl or --from llama-factory");
        Files.writeString(config, AXOLOTL + "learning_rate: fast\n");
        assertThat(septet.run("import", config, "-o", root.resolve("q.groovy"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("c.yaml:5: `learning_rate`: expected a number, got `fast`");
        Files.writeString(config, AXOLOTL + "learning_rate: 5\n");
        assertThat(septet.run("import", config, "-o", root.resolve("q.groovy"))).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("peak: must be above 0 and below 1");
    }

    /** The words of the report are those that the language itself suggests for other tools' words. */
    @Test
    void translatedKeysHaveOneWord() throws IOException {
        imported(AXOLOTL + "adapter: lora\nlora_r: 4\nlora_alpha: 8\nlearning_rate: 1e-4\n");
        for (JsonNode key : report.path("keys")) {
            if (List.of("translated", "changed", "default")
                    .contains(key.path("status").asText())) {
                assertThat(key.path("word").asText())
                        .as(key.toString().toLowerCase(Locale.ROOT))
                        .isNotEmpty();
            }
        }
    }
}
