package dev.septet.workers.cli.create;

import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates a configuration of Axolotl. */
record AxolotlImport(ForeignConfig config, ImportedPipeline pipeline, ImportFiles files) {
    private static final TrainingKeys.Names NAMES = new TrainingKeys.Names(
            "micro_batch_size",
            1,
            "num_epochs",
            1,
            "lr_scheduler",
            "cosine",
            "optimizer",
            0,
            0.03,
            new TrainingKeys.Standards(OptionalInt.empty(), OptionalInt.of(4), true));

    /** The keys of a dataset. */
    private static final Set<String> DATASET =
            Set.of(("path split type input_transform shards shards_idx preprocess_shards conversation chat_template"
                            + " chat_template_jinja data_files input_format name ds_type field field_human field_model"
                            + " field_messages field_tools field_thinking template_thinking_key message_field_role"
                            + " message_field_content message_property_mappings message_field_training"
                            + " message_field_training_detail split_thinking logprobs_field temperature roles_to_train"
                            + " train_on_eos train_on_eot roles drop_system_message trust_remote_code revision skip"
                            + " text_column field_chosen field_rejected")
                    .split(" "));

    private static final String FORMAT = "dataset format: in prepare";
    private static final String HUB = "huggingFace(...) in prepare";

    private static final String NO_WORD_OF_A_DATASET =
            "`dataset` has no such option; `map` and `filter` in `prepare` can change the rows.";

    void translate() {
        base();
        objective();
        method();
        datasets("datasets", "");
        datasets("test_datasets", "split: validation");
        if (config.has("pretraining_dataset")) {
            datasets("pretraining_dataset", "");
        }
        rows();
        new TrainingKeys(config, pipeline, NAMES).translate();
        target();
        config.rest(ForeignTool.AXOLOTL);
    }

    private void base() {
        ConfigValue model = config.take("base_model");
        if (model == null) {
            return;
        }
        ConfigValue revision = config.take("revision_of_model");
        pipeline.model(ImportedModels.statement(config, files, model, revision));
    }

    private void objective() {
        ConfigValue rl = config.take("rl");
        if (rl == null) {
            return;
        }
        if (!rl.text().equalsIgnoreCase("dpo")) {
            throw Objectives.refused(rl, "rl");
        }
        config.translated(rl);
        ConfigValue beta = config.take("rl_beta");
        ConfigValue older = config.take("dpo_beta");
        ConfigValue given = beta != null ? beta : older;
        if (given != null) {
            config.translated(given);
        }
        pipeline.objective(
                given == null ? "dpo { beta 0.1 }" : "dpo { beta %s }".formatted(LiteralText.of(given.number())), true);
    }

    private void method() {
        TrainingKeys keys = new TrainingKeys(config, pipeline, NAMES);
        ConfigValue adapter = config.take("adapter");
        ConfigValue four = config.set("load_in_4bit");
        ConfigValue eight = config.set("load_in_8bit");
        if (adapter == null) {
            full();
            report(four, eight, "without an adapter, the base model is trained in 16 or 32 bits");
            return;
        }
        switch (adapter.text().toLowerCase(Locale.ROOT)) {
            case "lora" -> pipeline.adapter(four == null ? "lora" : "qlora");
            case "qlora" -> pipeline.adapter("qlora");
            default ->
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        String.format(
                                Locale.ROOT,
                                "%s:%d: the adapter `%s` has no counterpart; Septet trains lora, dora and qlora. Nothing was"
                                        + " written",
                                adapter.file(),
                                adapter.line(),
                                adapter.text()));
        }
        config.translated(adapter);
        if (four != null) {
            config.translated(four);
        }
        if (eight != null) {
            config.changed(eight, "Septet keeps the base model of `lora` in its own precision; `qlora` has 4 bits.");
        }
        keys.adapter("lora_r", 8, "peft_use_dora", "peft_use_rslora");
        ConfigValue linear = config.set("lora_target_linear");
        ConfigValue modules = config.take("lora_target_modules");
        if (linear != null) {
            config.translated(linear);
        }
        if (modules != null && linear != null) {
            config.notNeeded(modules, "`lora_target_linear` adapts all linear layers.");
        } else if (modules != null) {
            keys.targets(modules);
        }
    }

    private void full() {
        ConfigValue unfrozen = config.take("unfrozen_parameters");
        pipeline.method("full()");
        if (unfrozen != null) {
            config.notTranslated(
                    unfrozen,
                    "Septet freezes whole layers: write `freeze layers: 0..N` in `initialize`, or `method partial {"
                            + " layers N }` for the last N. The pipeline trains all weights.");
        }
    }

    private void report(@Nullable ConfigValue four, @Nullable ConfigValue eight, String note) {
        for (ConfigValue value : new ConfigValue[] {four, eight}) {
            if (value != null) {
                config.notTranslated(value, note);
            }
        }
    }

    private void rows() {
        int tokens = config.whole("sequence_len", 512);
        ConfigValue longer = config.take("excess_length_strategy");
        String word = "drop";
        if (longer != null) {
            word = switch (longer.text().toLowerCase(Locale.ROOT)) {
                case "truncate" -> "truncate";
                case "raise" -> "fail";
                default -> "drop";
            };
            config.translated(longer);
        } else {
            config.report().standard("excess_length_strategy", ForeignConfig.word("excess_length_strategy"));
        }
        pipeline.maxTokens(Math.max(8, tokens), word);
        ImportedRows.validation(config, pipeline, "val_set_size");
        ImportedRows.trainOnPrompts(config, "train_on_inputs");
        ImportedRows.packing(config, "sample_packing", "sequence_len", false);
        ConfigValue once = config.set("dataset_exact_deduplication");
        if (once != null) {
            pipeline.deduplicate();
            config.translated(once);
        }
        ImportedRows.order(config, "shuffle_merged_datasets");
        ImportedRows.lengths(config, "group_by_length");
    }

    private void datasets(String key, String option) {
        ConfigValue list = config.take(key);
        if (list == null) {
            return;
        }
        config.report().add(list, ImportReport.Status.TRANSLATED, "dataset in prepare", "");
        for (ConfigValue item : list.items()) {
            if (item.isMap()) {
                dataset(item, option);
            } else {
                add(item.text(), List.of(), option, OptionalLong.empty());
            }
        }
    }

    private void dataset(ConfigValue item, String option) {
        ForeignConfig entry = new ForeignConfig(item, config.report());
        ConfigValue path = entry.take("path");
        List<String> options = new ArrayList<>();
        String format = format(entry);
        if (!format.isEmpty()) {
            options.add("format: " + format);
        }
        ConfigValue split = entry.take("split");
        ConfigValue name = entry.take("name");
        ConfigValue revision = entry.take("revision");
        ConfigValue kind = entry.take("ds_type");
        if (kind != null) {
            entry.notNeeded(kind, "The ending of the file decides.");
        }
        ConfigValue data = entry.take("data_files");
        if (data != null) {
            entry.translated(data, "dataset in prepare");
            if (path != null) {
                entry.notNeeded(path, "`data_files` names the files.");
            }
            data.items().forEach(each -> add(each.text(), options, option, files.rows(each.text())));
        } else if (path == null) {
            throw ConfigValue.refused(item.file(), item.line(), item.key() + " has neither `path` nor `data_files`");
        } else if (files.onHub(path.text())) {
            entry.translated(path, "dataset in prepare");
            pipeline.dataset(new ImportedPipeline.Dataset(
                    hub(entry, path.text(), split, name, revision), with(options, option), OptionalLong.empty()));
            entry.rest(DATASET, NO_WORD_OF_A_DATASET);
            return;
        } else {
            entry.translated(path, "dataset in prepare");
            add(path.text(), options, option, files.rows(path.text()));
        }
        for (ConfigValue value : new ConfigValue[] {split, name, revision}) {
            if (value != null) {
                entry.notNeeded(value, "It is for datasets of the hub; this one is a file.");
            }
        }
        entry.rest(DATASET, NO_WORD_OF_A_DATASET);
    }

    private void add(String path, List<String> options, String option, OptionalLong rows) {
        pipeline.dataset(new ImportedPipeline.Dataset(files.written(path), with(options, option), rows));
    }

    private static List<String> with(List<String> options, String option) {
        List<String> all = new ArrayList<>(options);
        if (!option.isEmpty()) {
            all.add(option);
        }
        return all;
    }

    private static String hub(
            ForeignConfig entry,
            String name,
            @Nullable ConfigValue split,
            @Nullable ConfigValue config,
            @Nullable ConfigValue revision) {
        StringBuilder call = new StringBuilder("huggingFace(" + PipelineText.quoted(name));
        if (split != null && split.text().matches("[A-Za-z0-9_.-]+")) {
            call.append(", split: ").append(PipelineText.quoted(split.text()));
            entry.translated(split, HUB);
        } else if (split != null) {
            entry.notTranslated(split, "Septet reads whole splits; `limit:` of `dataset` takes the first rows.");
        }
        if (config != null) {
            call.append(", config: ").append(PipelineText.quoted(config.text()));
            entry.translated(config, HUB);
        }
        if (revision != null) {
            call.append(", revision: ").append(PipelineText.quoted(revision.text()));
            entry.translated(revision, HUB);
        }
        return call.append(")").toString();
    }

    /** The format of a dataset's rows; empty to detect it. */
    private String format(ForeignConfig entry) {
        ConfigValue type = entry.take("type");
        if (type == null) {
            return pipeline.pairs() ? "preference" : "";
        }
        if (type.isMap()) {
            return ownFields(entry, type);
        }
        String name = type.text();
        if (pipeline.pairs()) {
            return pairs(entry, type);
        }
        switch (name.split("[.:]")[0]) {
            case "alpaca" -> {
                entry.changed(
                        type,
                        FORMAT,
                        "Septet asks with the base model's chat template, not with Alpaca's prompt text. `septet data"
                                + " show` prints the rows.");
                return "alpaca";
            }
            case "completion", "pretrain" -> {
                for (String key : List.of("field", "text_column")) {
                    ConfigValue field = entry.take(key);
                    if (field != null) {
                        column(entry, field, "text", field.text());
                    }
                }
                entry.translated(type, FORMAT);
                return "text";
            }
            case "sharegpt" -> {
                ConfigValue conversation = entry.take("conversation");
                if (conversation != null) {
                    entry.changed(
                            conversation, "model in initialize", "Septet uses the base model's own chat template.");
                }
                entry.translated(type, FORMAT);
                return "sharegpt";
            }
            case "chat_template" -> {
                entry.translated(type, FORMAT);
                return chat(entry);
            }
            default -> {
                entry.notTranslated(
                        type,
                        "Septet has no such prompt style; the format of the rows is detected. `columns` and `map` in"
                                + " `prepare` rename and change fields.");
                return "";
            }
        }
    }

    /** Conversations: {@code messages} with role and content, or {@code conversations} with from and value. */
    private String chat(ForeignConfig entry) {
        ConfigValue field = entry.take("field_messages");
        ConfigValue mappings = entry.take("message_property_mappings");
        String role = name(entry, mappings, "role", "message_field_role");
        String content = name(entry, mappings, "content", "message_field_content");
        boolean shareGpt = role.equals("from") && content.equals("value");
        String own = shareGpt ? "conversations" : "messages";
        if (mappings != null) {
            if (shareGpt || (role.equals("role") && content.equals("content"))) {
                entry.translated(mappings, FORMAT);
            } else {
                entry.notTranslated(
                        mappings,
                        "Septet reads messages with `role` and `content`, or with `from` and `value`; rename the fields"
                                + " in the file.");
            }
        }
        if (field != null) {
            column(entry, field, own, field.text());
        }
        roles(entry, shareGpt);
        learned(entry);
        ConfigValue template = entry.take("chat_template");
        if (template != null) {
            if (template.text().equals("tokenizer_default")) {
                entry.translated(template, "model in initialize");
            } else {
                entry.changed(template, "model in initialize", ForeignTool.Reason.TEMPLATE.text());
            }
        }
        return shareGpt ? "sharegpt" : "chat";
    }

    private static String name(ForeignConfig entry, @Nullable ConfigValue mappings, String property, String older) {
        ConfigValue old = entry.take(older);
        if (old != null) {
            entry.translated(old, FORMAT);
            return old.text();
        }
        ConfigValue mapped = mappings == null ? null : mappings.entries().get(property);
        return mapped == null ? property : mapped.text();
    }

    private void roles(ForeignConfig entry, boolean shareGpt) {
        ConfigValue roles = entry.take("roles");
        if (roles == null) {
            return;
        }
        List<String> lost = new ArrayList<>();
        roles.entries().forEach((role, words) -> {
            for (ConfigValue word : words.items()) {
                boolean usual = Set.of("system", "user", "human", "assistant", "gpt", "chatgpt", "tool", "observation")
                        .contains(word.text());
                if (!usual
                        && !(shareGpt
                                && Set.of("system", "user", "assistant", "tool").contains(role)
                                && pipeline.role(role, word.text()))) {
                    lost.add(word.text());
                }
            }
        });
        if (lost.isEmpty()) {
            entry.translated(roles, "roles in prepare");
        } else {
            entry.changed(
                    roles,
                    "roles in prepare",
                    "Not for the words %s: rename them in the file.".formatted(String.join(", ", lost)));
        }
    }

    /** Which messages and tokens are learned. */
    private static void learned(ForeignConfig entry) {
        ConfigValue train = entry.take("roles_to_train");
        if (train != null) {
            boolean answers = train.items().stream()
                    .allMatch(role -> Set.of("assistant", "gpt", "model").contains(role.text()));
            if (answers) {
                entry.translated(train, "objective in train");
            } else {
                entry.notTranslated(train, "Septet learns the answers of the assistant only.");
            }
        }
        for (String key : List.of("train_on_eos", "train_on_eot")) {
            ConfigValue eos = entry.take(key);
            if (eos != null && eos.text().equals("turn")) {
                entry.translated(eos, "objective in train");
            } else if (eos != null) {
                entry.notTranslated(eos, "Septet learns the end of every answer of the assistant.");
            }
        }
    }

    private String pairs(ForeignConfig entry, ConfigValue type) {
        String name = type.text();
        ConfigValue messages = entry.take("field_messages");
        if (messages != null) {
            column(entry, messages, "prompt", messages.text());
        } else if (name.startsWith("chat_template")) {
            pipeline.column("prompt", "messages");
        }
        for (String side : List.of("chosen", "rejected")) {
            ConfigValue field = entry.take("field_" + side);
            if (field != null) {
                column(entry, field, side, field.text());
            }
        }
        if (name.startsWith("chat_template")) {
            entry.translated(type, FORMAT);
        } else {
            entry.changed(
                    type,
                    FORMAT,
                    "Septet reads `prompt`, `chosen` and `rejected`, and uses the base model's chat template. `columns`"
                            + " renames fields; `septet data show` prints the rows.");
        }
        return "preference";
    }

    private String ownFields(ForeignConfig entry, ConfigValue type) {
        boolean formats = false;
        for (var field : type.entries().entrySet()) {
            String name = field.getValue().scalar().orElse("");
            String own = switch (field.getKey()) {
                case "field_instruction" -> "instruction";
                case "field_input" -> "input";
                case "field_output" -> "output";
                case "field_system" -> "system";
                case "field_prompt" -> "prompt";
                case "field_chosen" -> "chosen";
                case "field_rejected" -> "rejected";
                default -> "";
            };
            if (own.isEmpty()) {
                formats = true;
            } else if (!name.isEmpty() && !name.equals(own)) {
                pipeline.column(own, name);
            }
        }
        if (formats) {
            entry.changed(
                    type,
                    "columns in prepare",
                    "The fields are translated to `columns`; the prompt's wording is not: Septet asks with the base"
                            + " model's chat template. `map` in `prepare` can build the prompt.");
        } else {
            entry.translated(type, FORMAT);
        }
        return pipeline.pairs() ? "preference" : "alpaca";
    }

    private void column(ForeignConfig entry, ConfigValue value, String own, String name) {
        if (name.equals(own) || pipeline.column(own, name)) {
            entry.report().add(value, ImportReport.Status.TRANSLATED, "columns %s: in prepare".formatted(own), "");
        } else {
            entry.notTranslated(
                    value, "Another dataset has another name for it; `columns` is for all datasets. Rename one field.");
        }
    }

    private void target() {
        ImportedModels.target(config, pipeline, "output_dir");
    }
}
