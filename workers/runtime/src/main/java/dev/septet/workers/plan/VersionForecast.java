package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.deploy.MergedType;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FolderTargetSpec;
import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The disk space of a new version, without its dataset and its reports.
 *
 * @param baseBytes size of the base model's files
 * @param storeBytes size of the merged model and its forms in the store; of a fully trained model also the training's result
 * @param targetBytes size of the targets' copies; 0 where all files are links to the store's
 * @param freeBytes free space on the store's disk; null for a bucket
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VersionForecast(
        long baseBytes,
        long storeBytes,
        long targetBytes,
        @Nullable Long freeBytes) {
    private static final double F16 = 2;
    private static final double F32 = 4;

    /** Bytes of a block of GGUF by the weights in it. */
    private static final double Q8_0 = 34.0 / 32;

    private static final double Q4_K_M = 0.61;
    private static final double Q4_0 = 0.58;

    /**
     * The forecast.
     *
     * @param parameters number of the base model's parameters
     * @param folder the pipeline's folder, from which targets are named
     */
    static VersionForecast of(
            ArtifactStore store,
            Map<String, String> environment,
            DeploySpec deploy,
            MethodSpec method,
            long parameters,
            Path base,
            Path folder)
            throws IOException {
        double forms = F16;
        double smallest = F16;
        for (DeploySpec.Quantization format : deploy.quantize()) {
            double bytes = bytes(format);
            forms += bytes;
            smallest = Math.min(smallest, bytes);
        }
        boolean whole = method instanceof FullSpec || method instanceof PartialSpec;
        long files = bytesBelow(base);
        // The base model's type, from the size of its files: the rest of them is small.
        double type = (double) files / Math.max(1, parameters) < (F16 + F32) / 2 ? F16 : F32;
        double merged = !whole && MergedType.of(environment) == MergedType.BASE ? type : F32;
        double stored = merged + forms + (whole ? F32 : 0);
        double copied = 0;
        for (TargetSpec target : deploy.targets()) {
            if (!(target instanceof HttpSpec) && !links(store, environment, target, folder)) {
                copied += copied(target, merged, forms, smallest);
            }
        }
        Long free = store instanceof LocalStore local
                ? existing(local.root()).toFile().getUsableSpace()
                : null;
        return new VersionForecast(files, (long) (stored * parameters), (long) (copied * parameters), free);
    }

    /** Bytes that a target gets for each parameter. */
    private static double copied(TargetSpec target, double merged, double forms, double smallest) {
        if (target instanceof LlamacppSpec || target instanceof OllamaSpec) {
            return smallest;
        }
        boolean model = target instanceof VllmSpec || target instanceof HuggingfaceSpec;
        return model ? merged : merged + forms;
    }

    private static double bytes(DeploySpec.Quantization format) {
        return switch (format) {
            case INT8, Q8_0 -> Q8_0;
            case Q4_K_M -> Q4_K_M;
            case Q4_0 -> Q4_0;
        };
    }

    /** Whether a target gets links: a folder on the disk of an unencrypted local store. */
    private static boolean links(ArtifactStore store, Map<String, String> environment, TargetSpec target, Path folder)
            throws IOException {
        if (!(target instanceof FolderTargetSpec) || !(store instanceof LocalStore local)) {
            return false;
        }
        boolean linked = FileModes.ofTargets(environment) == FileModes.OWNER
                && !Setting.TARGET_FILES.text(environment).equals("copy")
                && Setting.STORE_KEYS.text(environment).isEmpty();
        return linked
                && Files.getFileStore(existing(folder.resolve(target.place())))
                        .equals(Files.getFileStore(existing(local.root())));
    }

    /** The path, or its nearest folder that exists. */
    private static Path existing(Path path) {
        Path there = path.toAbsolutePath().normalize();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private static long bytesBelow(Path model) throws IOException {
        long bytes = 0;
        try (var files = Files.list(model)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /**
     * The forecast in words.
     *
     * @param size from bytes to words
     */
    public String words(LongFunction<String> size) {
        Long free = freeBytes;
        long all = storeBytes + targetBytes;
        return String.format(
                Locale.ROOT,
                "a version takes about %s in the store%s, %.1f times the base model%s",
                size.apply(storeBytes),
                targetBytes == 0 ? "" : " and %s at the targets".formatted(size.apply(targetBytes)),
                (double) all / Math.max(1, baseBytes),
                free == null || all == 0 ? "" : String.format(Locale.ROOT, "; the disk has room for %,d", free / all));
    }
}
