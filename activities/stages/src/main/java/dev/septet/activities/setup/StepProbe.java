package dev.septet.activities.setup;

import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.llm.runtime.Torch;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import oshi.SystemInfo;

/** Measures the machine that this process runs on. */
final class StepProbe {
    private StepProbe() {}

    /**
     * @param store folder whose free space is measured
     * @param availableMemory bytes of memory for the training
     */
    static WorkerProbe worker(Path store, long availableMemory) throws IOException {
        Files.createDirectories(store);
        return new WorkerProbe(
                WorkerFingerprint.current(),
                new SystemInfo().getOperatingSystem().getNetworkParams().getHostName(),
                Torch.device(),
                Torch.threads(),
                availableMemory,
                Files.getFileStore(store).getUsableSpace());
    }
}
