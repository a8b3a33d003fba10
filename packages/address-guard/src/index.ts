export { AddressGuard, AddressRefusedError, isAddressRange } from './address-guard.js';
