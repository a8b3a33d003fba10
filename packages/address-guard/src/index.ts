export { AddressGuard, type AddressGuardOptions } from './address-guard.js';

export { AddressRefusedError } from './address-refused-error.js';
export { callbackSettings, startAddressGuard } from './settings.js';
