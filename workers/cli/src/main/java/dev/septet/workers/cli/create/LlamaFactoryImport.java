package dev.septet.workers.cli.create;

import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.vocabulary.word.LiteralText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates a configuration of LLaMA-Factory, with the datasets of its {@code dataset_info.json}. */
record LlamaFactoryImport(ForeignConfig config, ImportedPipeline pipeline, ImportFiles files) {
    private static final TrainingKeys.Names NAMES = new TrainingKeys.Names(
            "per_device_train_batch_size",
            8,
            "num_train_epochs",
            3,
            "lr_scheduler_type",
            "linear",
            "optim",
            5e-5,
            0,
            new TrainingKeys.Standards(OptionalInt.of(IntervalKeys.STANDARD_SAVE_STEPS), OptionalInt.empty(), false));

    /** The keys of a dataset's description. */
    private static final Set<String> DATASET = Set.of(
            "hf_hub_url",
            "ms_hub_url",
            "om_hub_url",
            "script_url",
            "cloud_file_name",
            "file_name",
            "formatting",
            "ranking",
            "subset",
            "split",
            "folder",
            "num_samples",
            "columns",
            "tags");

    void translate() {
        ConfigValue model = config.take("model_name_or_path");
        ConfigValue revision = config.take("model_revision");
        if (model != null) {
            pipeline.model(ImportedModels.statement(config, files, model, revision));
        }
        String stage = stage();
        method();
        Map<String, ConfigValue> described = described();
        ConfigValue limit = config.take("max_samples");
        if (limit != null) {
            config.translated(limit);
        }
        List<String> shares = shares();
        datasets("dataset", "", stage, described, limit, shares);
        datasets("eval_dataset", "split: validation", stage, described, limit, List.of());
        rows(stage);
        new TrainingKeys(config, pipeline, NAMES).translate();
        ConfigValue patience = config.take("early_stopping_steps");
        if (patience != null) {
            pipeline.train("stop patience: " + Math.max(1, patience.whole()));
            config.translated(patience);
        }
        ImportedModels.target(config, pipeline, "output_dir");
        config.rest(ForeignTool.LLAMA_FACTORY);
    }

    private String stage() {
        ConfigValue value = config.take("stage");
        String stage = value == null ? "sft" : value.text().toLowerCase(Locale.ROOT);
        if (value == null) {
            config.report().standard("stage", "objective in train");
            return stage;
        }
        switch (stage) {
            case "sft" -> config.translated(value);
            case "pt" -> {
                pipeline.objective("unsupervised()", false);
                config.translated(value);
            }
            case "dpo" -> {
                ConfigValue loss = config.take("pref_loss");
                if (loss != null && !loss.text().equalsIgnoreCase("sigmoid")) {
                    throw Objectives.refused(loss, "pref_loss");
                }
                if (loss != null) {
                    config.translated(loss);
                }
                config.translated(value);
                double beta = config.number("pref_beta", 0.1);
                pipeline.objective("dpo { beta %s }".formatted(LiteralText.of(beta)), true);
            }
            default -> throw Objectives.refused(value, "stage");
        }
        return stage;
    }

    private void method() {
        TrainingKeys keys = new TrainingKeys(config, pipeline, NAMES);
        ConfigValue type = config.take("finetuning_type");
        String name = type == null ? "lora" : type.text().toLowerCase(Locale.ROOT);
        if (type == null) {
            config.report().standard("finetuning_type", "method in train");
        }
        ConfigValue bits = config.take("quantization_bit");
        switch (name) {
            case "lora" -> {
                pipeline.adapter(bits != null && bits.whole() == 4 ? "qlora" : "lora");
                keys.adapter("lora_rank", 8, "use_dora", "use_rslora");
                ConfigValue target = config.take("lora_target");
                if (target != null) {
                    keys.targets(target);
                }
            }
            case "full" -> pipeline.method("full()");
            case "freeze" -> freeze();
            default -> throw Objectives.refused(java.util.Objects.requireNonNull(type), "finetuning_type");
        }
        if (type != null) {
            config.translated(type);
        }
        if (bits != null && name.equals("lora") && bits.whole() == 4) {
            config.report().add(bits, ImportReport.Status.TRANSLATED, "method in train", "");
        } else if (bits != null) {
            config.changed(bits, "Septet's only quantized base model in a training is that of `qlora`, with 4 bits.");
        }
    }

    private void freeze() {
        ConfigValue layers = config.take("freeze_trainable_layers");
        int count = layers == null ? 2 : layers.whole();
        if (layers == null) {
            config.report().standard("freeze_trainable_layers", "partial in train");
        } else if (count > 0) {
            config.translated(layers);
        } else {
            config.notTranslated(
                    layers,
                    "A negative number trains the first layers; Septet trains the last ones. The pipeline trains as many"
                            + " of the last.");
        }
        pipeline.method("partial { layers %s }".formatted(Math.max(1, Math.abs(count))));
        for (String key : List.of("freeze_trainable_modules", "freeze_extra_modules")) {
            ConfigValue modules = config.take(key);
            if (modules != null && modules.scalar().orElse("").equals("all")) {
                config.translated(modules);
            } else if (modules != null) {
                config.notTranslated(modules, "Septet's `partial` trains all weights of its layers and the last norm.");
            }
        }
    }

    private void rows(String stage) {
        pipeline.maxTokens(Math.max(8, config.whole("cutoff_len", 2048)), "truncate");
        ImportedRows.validation(config, pipeline, "val_size");
        ImportedRows.trainOnPrompts(config, "train_on_prompt");
        ImportedRows.packing(config, "packing", "cutoff_len", stage.equals("pt"));
        ConfigValue neat = config.take("neat_packing");
        if (neat != null) {
            config.notNeeded(neat, "Rows of Septet never see each other.");
        }
        ConfigValue order = config.take("disable_shuffling");
        if (order != null && order.flag()) {
            config.notTranslated(order, "Septet shuffles the rows of every epoch.");
        } else if (order != null) {
            config.notNeeded(order, "Septet shuffles the rows of every epoch.");
        }
        ImportedRows.lengths(config, "group_by_length");
    }

    private List<String> shares() {
        ConfigValue mix = config.take("mix_strategy");
        ConfigValue probabilities = config.take("interleave_probs");
        if (mix != null && mix.text().equals("concat")) {
            config.translated(mix);
        } else if (mix != null) {
            config.changed(mix, "Septet mixes by `share:`, and leaves out rows of the larger datasets.");
        }
        if (probabilities == null) {
            return List.of();
        }
        if (config.has("eval_dataset")) {
            config.changed(
                    probabilities,
                    "dataset share: in prepare",
                    "For the training rows. Septet validates on all rows of `eval_dataset`; the other tool mixes them too.");
        } else {
            config.report().add(probabilities, ImportReport.Status.TRANSLATED, "dataset share: in prepare", "");
        }
        List<String> shares = new ArrayList<>();
        for (String part : probabilities.text().split(",")) {
            double share;
            try {
                share = Double.parseDouble(part.strip());
            } catch (NumberFormatException e) {
                throw ConfigValue.refused(
                        probabilities.file(), probabilities.line(), "`interleave_probs`: expected numbers with commas");
            }
            shares.add("share: " + LiteralText.of(Math.round(share * 10_000) / 100.0) + ".percent");
        }
        return shares;
    }

    /** The descriptions of {@code dataset_info.json}; empty without the file. */
    private Map<String, ConfigValue> described() {
        ConfigValue folder = config.take("dataset_dir");
        String name = (folder == null ? "data" : folder.text()) + "/dataset_info.json";
        if (folder != null) {
            config.report().add(folder, ImportReport.Status.TRANSLATED, "dataset in prepare", "");
        }
        var found = files.found(name);
        return found == null ? Map.of() : ConfigValue.read(found).entries();
    }

    private void datasets(
            String key,
            String option,
            String stage,
            Map<String, ConfigValue> described,
            @Nullable ConfigValue limit,
            List<String> shares) {
        ConfigValue names = config.take(key);
        if (names == null) {
            return;
        }
        config.report().add(names, ImportReport.Status.TRANSLATED, "dataset in prepare", "");
        int at = 0;
        for (ConfigValue item : names.items()) {
            for (String name : item.text().split(",")) {
                List<String> options = new ArrayList<>();
                if (at < shares.size()) {
                    options.add(shares.get(at));
                }
                if (!option.isEmpty()) {
                    options.add(option);
                }
                OptionalLong most = limit == null ? OptionalLong.empty() : OptionalLong.of(Math.max(1, limit.whole()));
                dataset(names, name.strip(), described.get(name.strip()), stage, options, most);
                at++;
            }
        }
    }

    private void dataset(
            ConfigValue names,
            String name,
            @Nullable ConfigValue description,
            String stage,
            List<String> options,
            OptionalLong limit) {
        if (description == null) {
            config.report()
                    .add(
                            names,
                            ImportReport.Status.NOT_TRANSLATED,
                            "",
                            "%s is not described in dataset_info.json beside this file; the pipeline reads data/%s.jsonl. Correct the path."
                                    .formatted(Quote.code(name), Quote.plain(name)));
            String file = "data/" + name + ".jsonl";
            pipeline.dataset(new ImportedPipeline.Dataset(files.written(file), options, limit, files.rows(file)));
            return;
        }
        ForeignConfig entry = new ForeignConfig(description, config.report());
        List<String> all = new ArrayList<>();
        all.add("format: " + format(entry, stage));
        all.addAll(options);
        ConfigValue hub = entry.take("hf_hub_url");
        ConfigValue file = entry.take("file_name");
        ConfigValue subset = entry.take("subset");
        ConfigValue split = entry.take("split");
        ConfigValue samples = entry.take("num_samples");
        OptionalLong most = limit;
        if (samples != null) {
            most = OptionalLong.of(Math.max(1, Math.min(samples.whole(), limit.orElse(Integer.MAX_VALUE))));
            entry.changed(
                    samples,
                    "dataset limit: in prepare",
                    "The first rows; the other tool takes a random sample of them.");
        }
        if (hub != null) {
            StringBuilder call = new StringBuilder("huggingFace(" + PipelineText.quoted(hub.text()));
            part(entry, call, "config", subset);
            part(entry, call, "split", split);
            entry.report().add(hub, ImportReport.Status.TRANSLATED, "huggingFace(...) in prepare", "");
            if (file != null) {
                entry.notNeeded(file, "`hf_hub_url` names the dataset.");
            }
            pipeline.dataset(
                    new ImportedPipeline.Dataset(call.append(")").toString(), all, most, OptionalLong.empty()));
        } else if (file != null) {
            ConfigValue folder = config.peek("dataset_dir");
            String path = (folder == null ? "data" : folder.text()) + "/" + file.text();
            entry.report().add(file, ImportReport.Status.TRANSLATED, "dataset in prepare", "");
            pipeline.dataset(new ImportedPipeline.Dataset(files.written(path), all, most, files.rows(path)));
        } else {
            pipeline.dataset(new ImportedPipeline.Dataset(
                    files.written("data/" + name + ".jsonl"), all, most, OptionalLong.empty()));
        }
        entry.rest(
                DATASET, "`dataset` reads files, datasets of the hub, buckets and databases; download the rows first.");
    }

    private static void part(ForeignConfig entry, StringBuilder call, String option, @Nullable ConfigValue value) {
        if (value != null) {
            call.append(", ").append(option).append(": ").append(PipelineText.quoted(value.text()));
            entry.report().add(value, ImportReport.Status.TRANSLATED, "huggingFace(...) in prepare", "");
        }
    }

    private String format(ForeignConfig entry, String stage) {
        ConfigValue formatting = entry.take("formatting");
        ConfigValue ranking = entry.take("ranking");
        ConfigValue columns = entry.take("columns");
        ConfigValue tags = entry.take("tags");
        if (ranking != null) {
            entry.report().add(ranking, ImportReport.Status.TRANSLATED, "dataset format: in prepare", "");
        }
        boolean shareGpt = formatting != null && formatting.text().equals("sharegpt");
        if (formatting != null) {
            entry.report().add(formatting, ImportReport.Status.TRANSLATED, "dataset format: in prepare", "");
        }
        String format = stage.equals("pt")
                ? "text"
                : pipeline.pairs() ? "preference" : shareGpt ? (openAi(tags) ? "chat" : "sharegpt") : "alpaca";
        if (tags != null) {
            tags(entry, tags, format);
        }
        if (columns != null) {
            columns(entry, columns, format);
        }
        defaults(columns, format, shareGpt);
        return format;
    }

    /** The names of columns that a description leaves to the tool. */
    private void defaults(@Nullable ConfigValue columns, String format, boolean shareGpt) {
        Set<String> named = columns == null ? Set.of() : columns.entries().keySet();
        if (format.equals("chat") && !named.contains("messages")) {
            pipeline.column("messages", "conversations");
        }
        if (!named.contains("prompt") && format.equals("text")) {
            pipeline.column("text", "instruction");
        }
        if (!named.contains("prompt") && format.equals("preference") && !shareGpt) {
            pipeline.column("prompt", "instruction");
        }
    }

    private static boolean openAi(@Nullable ConfigValue tags) {
        return tags != null
                && tags.entries().containsKey("role_tag")
                && tags.entries().get("role_tag").text().equals("role");
    }

    private void tags(ForeignConfig entry, ConfigValue tags, String format) {
        List<String> lost = new ArrayList<>();
        tags.entries().forEach((tag, word) -> {
            String role = switch (tag) {
                case "user_tag" -> "user";
                case "assistant_tag" -> "assistant";
                case "observation_tag" -> "tool";
                case "function_tag" -> "call";
                case "system_tag" -> "system";
                default -> "";
            };
            Set<String> usual = Set.of(
                    "from",
                    "value",
                    "role",
                    "content",
                    "human",
                    "user",
                    "gpt",
                    "assistant",
                    "observation",
                    "tool",
                    "function_call",
                    "system");
            boolean known = usual.contains(word.text());
            if (!known && !(format.equals("sharegpt") && !role.isEmpty() && pipeline.role(role, word.text()))) {
                lost.add(word.text());
            }
        });
        if (lost.isEmpty()) {
            entry.report().add(tags, ImportReport.Status.TRANSLATED, "roles in prepare", "");
        } else {
            entry.notTranslated(tags, "Rename %s in the file.".formatted(String.join(", ", lost)));
        }
    }

    private void columns(ForeignConfig entry, ConfigValue columns, String format) {
        List<String> lost = new ArrayList<>();
        columns.entries().forEach((field, name) -> {
            String own = own(field, format);
            if (name.isEmpty() || name.text().equals(own)) {
                return;
            }
            if (own.isEmpty() || !pipeline.column(own, name.text())) {
                lost.add(field);
            }
        });
        if (lost.isEmpty()) {
            entry.report().add(columns, ImportReport.Status.TRANSLATED, "columns in prepare", "");
        } else {
            entry.changed(
                    columns,
                    "columns in prepare",
                    "Without %s: Septet has no such field in this format, or another dataset names it differently."
                            .formatted(String.join(", ", lost)));
        }
    }

    private static String own(String field, String format) {
        if (field.equals("chosen") || field.equals("rejected")) {
            return format.equals("preference") ? field : "";
        }
        return switch (format) {
            case "text" -> field.equals("prompt") ? "text" : "";
            case "alpaca" ->
                switch (field) {
                    case "prompt" -> "instruction";
                    case "query" -> "input";
                    case "response" -> "output";
                    case "system", "history" -> field;
                    default -> "";
                };
            case "preference" ->
                switch (field) {
                    case "prompt" -> "prompt";
                    case "messages" -> "conversations";
                    default -> "";
                };
            default ->
                switch (field) {
                    case "messages" -> format.equals("chat") ? "messages" : "conversations";
                    case "system", "tools" -> field;
                    default -> "";
                };
        };
    }
}
