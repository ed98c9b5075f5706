package dev.septet.examples.attacks;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of files of untrusted models. */
final class ModelTargets {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String GGUF = "stranger.gguf";
    private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
    private static final String ADAPTER_CONFIG = "adapter_config.json";

    private static final List<String> JSON_VALUES = List.of(
            "null",
            "-1",
            "0",
            "1",
            "{}",
            "[]",
            "\"\"",
            "true",
            "4294967296",
            "1e99",
            "2147483647",
            "0.5",
            "\"BPE\"",
            "\"Unigram\"",
            "\"WordPiece\"",
            "\"WordLevel\"",
            "\"ByteLevel\"",
            "\"Metaspace\"",
            "\"Sequence\"",
            "\"Split\"",
            "\"Replace\"",
            "\"Precompiled\"",
            "\"Strip\"",
            "{\"Regex\":\"(a|aa)+$\"}",
            "{\"String\":\"\"}",
            "[[\"a\",0]]",
            "\"llama\"",
            "\"qwen2\"",
            "\"gemma3_text\"",
            "\"mixtral\"",
            "\"yarn\"",
            "\"linear\"",
            "\"LORA\"",
            "\"all-linear\"",
            "[\"q_proj\"]",
            "\"../../etc/passwd\"",
            "\"float16\"",
            "\"F8_E4M3\"",
            "\"\\u202e\"",
            "\"<|im_end|>\"");

    private static final List<String> TEMPLATE_PIECES = List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "(",
            ")",
            "[",
            "]",
            "|",
            ".",
            ",",
            "'",
            "\"",
            "~",
            "+",
            "*",
            "**",
            "//",
            "%",
            "==",
            " in ",
            " not ",
            " is ",
            " if ",
            " else ",
            "{% for m in messages %}",
            "{% endfor %}",
            "{% set x = x * x %}",
            "{% macro m() %}{{ m() }}{% endmacro %}",
            "{{ m() }}",
            "range(999999999)",
            "'a' * 99999999",
            "messages",
            "messages[0]['content']",
            ".__class__",
            "raise_exception('x')",
            "strftime_now('%Y')",
            "namespace()",
            " | tojson",
            " | replace('', 'aaaaaaaa')",
            " | join(',')",
            " | length",
            "loop.index0",
            "{% generation %}",
            "{% endgeneration %}",
            "none",
            "1e999",
            "\u202e");

    private final SeedCorpus corpus;

    ModelTargets(SeedCorpus corpus) {
        this.corpus = corpus;
    }

    AttackTarget tokenizer() {
        List<byte[]> good = new ArrayList<>();
        for (String name : List.of("bytelevel", "metaspace", "unigram")) {
            good.add(SeedCorpus.read(corpus.llm("tokenizer/" + name).resolve(TOKENIZER)));
        }
        good.add(SeedCorpus.read(corpus.tinyModel().resolve(TOKENIZER)));
        return new ModelTarget(
                "tokenizer",
                "the sandbox, then the encoder of `prepare`",
                corpus.tinyModel(),
                mutator -> new Input(TOKENIZER, mutator.json(good, JSON_VALUES)),
                (model, input) -> encode(model));
    }

    private static void encode(Path model) {
        RowPlace place = new RowPlace("rows.jsonl", 1);
        List<Row> rows = List.of(
                new TextRow("The printer 12 <|im_end|> \u00e9 \ud83d\ude00", place),
                new ChatRow(
                        List.of(
                                new Message(ChatRole.USER, "Where is my parcel?"),
                                new Message(ChatRole.ASSISTANT, "On its way.")),
                        place));
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, 64)) {
            for (Row row : rows) {
                try {
                    encoder.encode(row);
                } catch (RowProblem quarantined) {
                    // a run quarantines the row, and reads the next one
                }
            }
        }
    }

    AttackTarget config() {
        List<byte[]> good = new ArrayList<>(corpus.files(folder("model/families"), "/config.json"));
        good.addAll(corpus.files(folder("gguf/families"), "/config.json"));
        // Mostly the configuration that fits the weights beside it, so that the model really opens.
        byte[] own = SeedCorpus.read(corpus.tinyModel().resolve(ModelFolder.CONFIG));
        good.addAll(java.util.Collections.nCopies(good.size(), own));
        return new ModelTarget(
                "config",
                "the sandbox, then the model is loaded",
                corpus.tinyModel(),
                mutator -> new Input(ModelFolder.CONFIG, mutator.json(good, JSON_VALUES)),
                (model, input) -> load(model));
    }

    private static void load(Path model) {
        ModelCheck.folder(model);
        ModelConfig.read(model).parameters();
        LanguageModel.open(model, ComputePrecision.FLOAT32, Optional.empty()).close();
    }

    AttackTarget template() {
        List<byte[]> good = new ArrayList<>(corpus.files(folder("template/templates"), ".jinja"));
        good.addAll(corpus.files(folder("template/styles"), ".jinja"));
        return new ModelTarget(
                "template",
                "the sandbox, then chats are rendered",
                corpus.tinyModel(),
                mutator -> new Input(ModelFolder.CHAT_TEMPLATE, mutator.text(good, TEMPLATE_PIECES)),
                (model, input) -> render(model));
    }

    private static void render(Path model) {
        ModelCheck.folder(model);
        ChatTemplate template = ChatTemplate.of(model);
        ChatMessage question = new ChatMessage("user", "Where is my parcel?");
        ChatMessage answer = new ChatMessage(ChatMessage.ASSISTANT, "On its way.");
        template.render(List.of(new ChatMessage("system", "Be kind."), question), true);
        template.renderMarked(List.of(question, answer, question, answer));
    }

    AttackTarget safetensors() throws IOException {
        byte[] good = SeedCorpus.read(corpus.tinyModel().resolve(WEIGHTS));
        return new ModelTarget(
                "safetensors",
                "the sandbox, then the model is loaded",
                corpus.tinyModel(),
                mutator -> new Input(WEIGHTS, tensors(mutator, good)),
                (model, input) -> load(model));
    }

    /** A file with a changed JSON header, sometimes with a wrong length. */
    private static byte[] tensors(Mutator mutator, byte[] good) {
        int length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0) + Long.BYTES;
        if (mutator.once(3)) {
            return mutator.binary(good, List.of(0), length);
        }
        byte[] header = Arrays.copyOfRange(good, Long.BYTES, length);
        byte[] changed = mutator.json(List.of(header), JSON_VALUES);
        ByteBuffer whole = ByteBuffer.allocate(Long.BYTES + changed.length + good.length - length)
                .order(ByteOrder.LITTLE_ENDIAN);
        whole.putLong(changed.length).put(changed).put(good, length, good.length - length);
        return mutator.once(8) ? mutator.binary(whole.array(), List.of(0), Long.BYTES) : whole.array();
    }

    /**
     * GGUF files of all quantization types, written from the tiny model.
     *
     * @param scratch folder for these files
     */
    AttackTarget gguf(Path scratch) throws IOException {
        List<byte[]> good = new ArrayList<>();
        for (GgufForm form : List.of(GgufForm.F32, GgufForm.F16, GgufForm.Q8_0, GgufForm.Q4_0)) {
            Path file = Files.createDirectories(scratch).resolve(form.name() + ".gguf");
            GgufExport.write(ModelFolder.open(corpus.tinyModel()), file, "tiny", form);
            good.add(Files.readAllBytes(file));
        }
        List<GgufPlaces> places = good.stream().map(GgufPlaces::of).toList();
        Path nothing = Files.createDirectories(scratch.resolve("nothing"));
        return new ModelTarget(
                "gguf",
                "the sandbox, then the import as a base model",
                nothing,
                mutator -> {
                    int which = mutator.below(good.size());
                    GgufPlaces known = places.get(which);
                    return new Input(GGUF, mutator.binary(good.get(which), known.offsets(), known.header()));
                },
                (model, input) -> {
                    Path file = model.resolve(GGUF);
                    ModelCheck.gguf(file, FolderDigest.ofFile(file));
                    GgufImport.write(file, model.resolve("imported"), ElementType.F32);
                });
    }

    AttackTarget adapter() {
        List<byte[]> configs = corpus.files(folder("format/tiny"), ADAPTER_CONFIG);
        Path good = corpus.llm("format/tiny/lora");
        byte[] weights = SeedCorpus.read(good.resolve(ADAPTER_WEIGHTS));
        Path base = corpus.tinyModel();
        return new ModelTarget(
                "adapter",
                "the sandbox, then it is merged into its base model",
                good,
                mutator -> mutator.once(2)
                        ? new Input(ADAPTER_CONFIG, mutator.json(configs, JSON_VALUES))
                        : new Input(ADAPTER_WEIGHTS, tensors(mutator, weights)),
                (adapter, input) -> {
                    ModelCheck.adapter(adapter);
                    AdapterMerge.write(
                            ModelFolder.open(base), PeftAdapter.open(adapter), adapter.resolve("merged"), null);
                });
    }

    private static String folder(String name) {
        return "activities/engine/src/test/resources/dev/septet/llm/" + name;
    }
}
