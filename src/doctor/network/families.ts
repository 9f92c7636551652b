import { hostAddresses, type InterfaceAddress } from "../../rtc/ice/host_addresses.ts";
import { bad, type Finding, good, none } from "../check.ts";

/** What the box's own addresses are good for. */
export function lookAtFamilies(interfaces: readonly InterfaceAddress[]): { ipv4: Finding; ipv6: Finding } {
  const addresses = hostAddresses(interfaces).filter((address) => !address.startsWith("127."));
  const ipv6 = addresses.filter((address) => address.includes(":"));
  if (addresses.length === 0) {
    const offline = bad(
      "this box has no address in any network",
      "Plug in the cable or join the Wi-Fi; until then only this box itself can watch.",
    );
    return { ipv4: offline, ipv6: none("none either") };
  }
  return {
    ipv4: ipv6.length < addresses.length ? good("this box has an address") : none("none; IPv6 alone will do"),
    ipv6: lookAtIpv6(ipv6),
  };
}

function lookAtIpv6(addresses: readonly string[]): Finding {
  if (addresses.length === 0) return none("none; IPv4 alone will do");
  // Global unicast (RFC 4291, section 2.4): all that has been given out is in 2000::/3.
  return addresses.some((address) => /^[23]/.test(address))
    ? good("this box has an address of its own on the internet")
    : none("an address for the home network only; IPv4 alone will do");
}
