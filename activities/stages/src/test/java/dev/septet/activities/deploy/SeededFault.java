package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.workflows.artifact.ChainLink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong when models are handed on, each as it happens to people. */
enum SeededFault {
    /** Layers under names that another library gives them. */
    UNMATCHED_MODULE_NAMES(ChainLink.ADAPTER, "adapted modules that the base model does not have") {
        @Override
        void seed(SmallChain chain) throws IOException {
            for (Path folder : List.of(chain.adapter(), chain.export().resolve("adapter"))) {
                Spoil.tensors(
                        folder.resolve("adapter_model.safetensors"),
                        name -> name.replace("base_model.model.model.", "base_model.model."));
            }
            chain.seal();
        }
    },
    /** The config says another scale than the one that was trained with. */
    WRONG_ALPHA(ChainLink.ADAPTER, "losses that evaluation measured") {
        @Override
        void seed(SmallChain chain) throws IOException {
            for (Path folder : List.of(chain.adapter(), chain.export().resolve("adapter"))) {
                Spoil.edit(folder.resolve("adapter_config.json"), json -> json.put("lora_alpha", 16));
            }
            chain.seal();
        }
    },
    /** The base model was published anew under the same name. */
    WRONG_REVISION(ChainLink.ADAPTER, "sha256 that differ from the one evaluation names") {
        @Override
        void seed(SmallChain chain) throws IOException {
            chain.writeBase(chain.base(), 77);
        }
    },
    /** The same, where nobody wrote a digest down. */
    WRONG_REVISION_WITHOUT_A_DIGEST(ChainLink.ADAPTER, "losses that evaluation measured") {
        @Override
        void seed(SmallChain chain) throws IOException {
            chain.writeBase(chain.base(), 77);
            Files.delete(chain.evaluation().resolve("results.json"));
        }
    },
    /** A merge with another scale. */
    MERGED_WITH_WRONG_ALPHA(ChainLink.MERGED, "greatest error of a weight") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = chain.root.resolve("other");
            Files.createDirectories(other);
            for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.copy(chain.adapter().resolve(name), other.resolve(name));
            }
            Spoil.edit(other.resolve("adapter_config.json"), json -> json.put("lora_alpha", 9));
            Spoil.merge(chain, chain.base(), other);
        }
    },
    /** A square matrix lies the other way round: every shape still fits. */
    TRANSPOSED_WEIGHT(ChainLink.MERGED, "model.layers.1.self_attn.q_proj.weight is not base") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path model = chain.export().resolve("model");
            List<TensorSource> tensors = new ArrayList<>();
            for (StoredTensor tensor : ModelFolder.open(model).tensors().values()) {
                float[] values = tensor.floats();
                if (tensor.name().equals("model.layers.1.self_attn.q_proj.weight")) {
                    int width = (int) tensor.shape().get(1);
                    for (int i = 0; i < values.length; i++) {
                        values[i] = tensor.floats()[i % width * width + i / width];
                    }
                }
                tensors.add(TensorSource.floats(tensor.name(), ElementType.F32, tensor.shape(), () -> values));
            }
            Spoil.rewrite(model.resolve("model.safetensors"), tensors);
            chain.ggufs();
        }
    },
    /** The adapter was merged into a base model of 8 bits. */
    REQUANTISED_MERGE(ChainLink.MERGED, "weights that were rounded before") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path gguf = chain.root.resolve("base-q8.gguf");
            Path rounded = chain.root.resolve("rounded-base");
            GgufExport.write(ModelFolder.open(chain.base()), gguf, "base", GgufForm.Q8_0);
            GgufImport.write(gguf, rounded, ElementType.F32);
            Spoil.merge(chain, rounded, chain.adapter());
        }
    },
    /** The 8-bit file was made from weights that were rounded to 8 bits of another scale before. */
    QUANTISED_TWICE(ChainLink.QUANTIZED, "half steps") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path coarse = chain.root.resolve("coarse");
            ModelFolder model = ModelFolder.open(chain.export().resolve("model"));
            List<TensorSource> tensors = new ArrayList<>();
            for (StoredTensor tensor : model.tensors().values()) {
                float[] values = tensor.floats();
                for (int i = 0; i < values.length && tensor.shape().dimension() > 1; i++) {
                    values[i] = Math.round(values[i] * 64) / 64f;
                }
                tensors.add(TensorSource.floats(tensor.name(), ElementType.F32, tensor.shape(), () -> values));
            }
            ModelFolderWriter.write(coarse, model.config(), tensors, model, Long.MAX_VALUE);
            Spoil.gguf(chain, coarse, GgufForm.Q8_0);
        }
    },
    WRONG_TEMPLATE(ChainLink.FILE, "rendered differently from character") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = Spoil.model(chain, "other-template");
            Path template = other.resolve("chat_template.jinja");
            Files.writeString(template, Files.readString(template).replace("assistant", "bot"));
            Spoil.gguf(chain, other, GgufForm.F16);
        }
    },
    MISSING_STOP(ChainLink.FILE, "stop tokens that are missing") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = Spoil.model(chain, "no-stop");
            Spoil.edit(other.resolve("tokenizer_config.json"), json -> json.put("eos_token", "<|endoftext|>"));
            for (String name : List.of("config.json", "generation_config.json")) {
                if (Files.exists(other.resolve(name))) {
                    Spoil.edit(other.resolve(name), json -> json.put("eos_token_id", 0));
                }
            }
            Spoil.gguf(chain, other, GgufForm.F16);
        }
    },
    /** The file tells its readers to put a token before every prompt, template or not. */
    DOUBLE_BOS(ChainLink.FILE, "beginning with '<|endoftext|>'") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = Spoil.model(chain, "two-beginnings");
            Spoil.edit(other.resolve("tokenizer.json"), json -> {
                ObjectNode processor = json.putObject("post_processor");
                processor.put("type", "TemplateProcessing");
                ArrayNode single = processor.putArray("single");
                single.addObject()
                        .putObject("SpecialToken")
                        .put("id", "<|endoftext|>")
                        .put("type_id", 0);
                single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
                processor.putArray("pair");
                ObjectNode special = processor.putObject("special_tokens").putObject("<|endoftext|>");
                special.put("id", "<|endoftext|>");
                special.putArray("ids").add(0);
                special.putArray("tokens").add("<|endoftext|>");
            });
            Spoil.gguf(chain, other, GgufForm.F16);
        }
    },
    TRUNCATED_FILE(ChainLink.FILE, "problems when it is read") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path file = chain.export().resolve("model-q8_0.gguf");
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
                open.truncate(Files.size(file) - 100);
            }
        }
    },
    /** The server was started without the adapter. */
    BASE_SERVED(ChainLink.ENDPOINT, "the endpoint serves the base model") {
        @Override
        void seed(SmallChain chain) throws IOException {
            GgufExport.write(ModelFolder.open(chain.base()), chain.export().resolve("base.gguf"), "base", GgufForm.F16);
        }

        @Override
        String served() {
            return "base.gguf";
        }
    },
    /** The server renders prompts by another template, here that of an older export. */
    WRONG_TEMPLATE_SERVED(ChainLink.ENDPOINT, "prompts that become another number of tokens") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = Spoil.model(chain, "old-template");
            Path template = other.resolve("chat_template.jinja");
            Files.writeString(template, Files.readString(template).replace("assistant", "bot"));
            Spoil.gguf(chain, other, GgufForm.F16);
        }
    },
    /** The server serves an older version of the same adapter. */
    OLD_VERSION_SERVED(ChainLink.ENDPOINT, "logit lost where an answer leaves") {
        @Override
        void seed(SmallChain chain) throws IOException {
            Path other = chain.root.resolve("older");
            Files.createDirectories(other);
            for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.copy(chain.adapter().resolve(name), other.resolve(name));
            }
            Spoil.edit(other.resolve("adapter_config.json"), json -> json.put("lora_alpha", 3));
            Path model = chain.root.resolve("older-model");
            AdapterMerge.write(ModelFolder.open(chain.base()), PeftAdapter.open(other), model, ElementType.F32);
            Spoil.gguf(chain, model, GgufForm.F16);
        }
    };

    private final ChainLink link;
    private final String words;

    SeededFault(ChainLink link, String words) {
        this.link = link;
        this.words = words;
    }

    abstract void seed(SmallChain chain) throws IOException;

    /** The link that must find it. */
    ChainLink link() {
        return link;
    }

    /** What its message must say. */
    String words() {
        return words;
    }

    /** The file that the endpoint serves. */
    String served() {
        return "model-f16.gguf";
    }
}
