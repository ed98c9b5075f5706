package dev.septet.workers.cli.support;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.RunningActivities;
import dev.septet.workers.RunningActivity;
import dev.septet.workers.StateFolder;
import dev.septet.workers.doctor.Finding;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Facts about this machine: the version, the settings, the checks, the processes, and sizes. */
record BundledMachine(PublicWords words, StateFolder state, Map<String, String> environment) {
    static ObjectNode version(String septet) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        Runtime runtime = Runtime.getRuntime();
        node.put("septet", septet);
        node.put("java", Runtime.version().toString());
        node.put("system", System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""));
        node.put("architecture", System.getProperty("os.arch", ""));
        node.put("processors", runtime.availableProcessors());
        node.put("heapBytes", runtime.maxMemory());
        return node;
    }

    /** Which settings are set. Only values of a fixed form are shown: words of a list, and numbers. */
    ArrayNode settings() {
        ArrayNode all = SpecJson.mapper().createArrayNode();
        for (Setting setting : Setting.values()) {
            String value = setting.isPattern() ? pattern(setting) : setting.value(environment);
            boolean set = value != null && !value.isBlank();
            ObjectNode one = all.addObject();
            one.put("name", setting.variable());
            one.put("set", set);
            if (set && setting.isHarmless()) {
                one.put("value", shown(setting));
            }
        }
        return all;
    }

    private String shown(Setting setting) {
        try {
            return setting.text(environment);
        } catch (IllegalArgumentException invalid) {
            return "invalid";
        }
    }

    private String pattern(Setting setting) {
        boolean any = environment.keySet().stream()
                .anyMatch(name -> Setting.of(name).filter(setting::equals).isPresent());
        return any ? "set" : "";
    }

    ArrayNode findings(List<Finding> findings) {
        ArrayNode all = SpecJson.mapper().createArrayNode();
        for (Finding finding : findings) {
            ObjectNode one = all.addObject();
            one.put("check", words.of(finding.check()));
            one.put("level", finding.level().name());
            one.put("found", words.of(finding.found()));
            String next = finding.next();
            if (next != null) {
                one.put("next", words.of(next));
            }
        }
        return all;
    }

    /** Which activities run, and in how many crashes each was running. */
    ObjectNode processes() throws IOException {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        if (!Files.isDirectory(state.processes())) {
            return node;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(state.processes())) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".running.json")) {
                ArrayNode running = node.putArray(words.of(name));
                for (RunningActivity activity : RunningActivities.read(file)) {
                    running.addObject()
                            .put("activity", words.of(activity.type()))
                            .put("workflowId", words.of(activity.workflowId()))
                            .put("attempt", activity.attempt());
                }
            } else if (name.endsWith(".crashes.json")) {
                ArrayNode crashes = node.putArray(words.of(name));
                SpecJson.mapper()
                        .readTree(Files.readString(file))
                        .properties()
                        .forEach(crash -> crashes.addObject()
                                .put("activity", words.of(crash.getKey()))
                                .put("crashes", crash.getValue().asInt()));
            }
        }
        return node;
    }

    /** Bytes and files of each folder, and of the disk. */
    ObjectNode sizes() throws IOException {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        for (Path folder : List.of(state.store(), state.audit(), state.logs(), state.reviewed(), state.trainers())) {
            if (Files.isDirectory(folder)) {
                Sum sum = new Sum();
                Files.walkFileTree(folder, sum);
                node.putObject(String.valueOf(folder.getFileName()))
                        .put("bytes", sum.bytes)
                        .put("files", sum.files);
            }
        }
        if (Files.exists(state.database())) {
            node.put("databaseBytes", Files.size(state.database()));
        }
        FileStore disk = Files.getFileStore(Files.exists(state.path()) ? state.path() : Path.of(""));
        node.put("diskFreeBytes", disk.getUsableSpace());
        node.put("diskBytes", disk.getTotalSpace());
        node.put("fileSystem", disk.type().toLowerCase(Locale.ROOT));
        return node;
    }

    /** Files that vanish meanwhile are not counted. */
    private static final class Sum extends SimpleFileVisitor<Path> {
        private long bytes;
        private long files;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }
}
