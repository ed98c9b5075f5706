package dev.septet.llm.format;

import java.nio.ByteBuffer;

/**
 * Recognizes Python pickles by their first bytes, whatever the file's name. Pickles can run code
 * when they are loaded.
 */
final class Pickles {
    static final String REFUSAL =
            "is a Python pickle, which can run any code when it is loaded; convert it to safetensors where you trust it"
                    + " (save_pretrained writes safetensors) and use that";

    private Pickles() {}

    /**
     * Whether these first bytes start a pickle stream (protocol 2 to 5) or a zip file, the two
     * formats of torch.save.
     */
    static boolean startsLike(ByteBuffer head) {
        if (head.remaining() < 4) {
            return false;
        }
        int at = head.position();
        boolean zip = head.get(at) == 'P' && head.get(at + 1) == 'K' && head.get(at + 2) == 3 && head.get(at + 3) == 4;
        boolean pickle = (head.get(at) & 0xff) == 0x80 && head.get(at + 1) >= 2 && head.get(at + 1) <= 5;
        return zip || pickle;
    }
}
