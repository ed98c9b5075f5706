package dev.septet.activities.notify;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Whether an address belongs to the public Internet. Addresses that the IANA registers for special
 * purposes do not: this machine, private networks, cloud metadata, and IPv6 addresses that embed an
 * IPv4 address.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4 registry</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6 registry</a>
 */
final class PublicAddress {
    private PublicAddress() {}

    static boolean is(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? is4(bytes) : is6(bytes);
    }

    private static boolean is4(byte[] bytes) {
        int a = bytes[0] & 0xff;
        int b = bytes[1] & 0xff;
        int c = bytes[2] & 0xff;
        return a != 0
                && a < 224
                && !(a == 100 && b >= 64 && b < 128) // shared between providers and customers
                && !(a == 192 && b == 0 && (c == 0 || c == 2))
                && !(a == 198 && (b == 18 || b == 19))
                && !(a == 198 && b == 51 && c == 100)
                && !(a == 203 && b == 0 && c == 113);
    }

    /** Only 2000::/3 is assigned; ranges that tunnel IPv4 or are for documentation are excluded. */
    private static boolean is6(byte[] bytes) {
        int first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
        int second = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
        boolean tunnel = first == 0x2002 || (first == 0x2001 && second < 0x200);
        boolean documentation = first == 0x2001 && second == 0x0db8;
        return (first & 0xe000) == 0x2000 && !tunnel && !documentation;
    }
}
