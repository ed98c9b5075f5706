package dev.septet.examples.benchmarks.gpu;

import dev.septet.llm.runtime.Torch;

/** The kind of device that a measurement is made for, {@code cpu} or {@code cuda}. */
public final class ExpectedDevice {
    private ExpectedDevice() {}

    /**
     * Requires that the engine computes on such a device. Without a usable card it computes on the CPU
     * in silence.
     *
     * @throws IllegalStateException when it computes on another one
     */
    public static void require(String kind) {
        String device = Torch.device();
        if (!device.split(":")[0].equals(kind)) {
            throw new IllegalStateException(
                    "the engine computes on %s, but this measures %s; `septet doctor` finds out why"
                            .formatted(device, kind));
        }
    }
}
