import { describe, expect, it } from '@jest/globals';
import { isVaultError, type VaultError } from '@vaultstream/contracts';
import { Env } from '../env.ts';
import { GuardedHttp } from './client.ts';
import { explainRefusal } from './remedy.ts';

function refusal(url: string, allow = ''): VaultError | null {
  const http = new GuardedHttp({
    ...Env.load({ FETCH_ALLOW_HOSTS: allow }).fetch,
    ownAddresses: ['127.0.0.1', '8.8.4.4', 'fe80::7', 'vault.example.com'],
  });
  try {
    http.assertAllowedUrl(url);
    return null;
  } catch (error) {
    if (isVaultError(error)) return error;
    throw error;
  }
}
const told = (url: string, allow?: string): string => {
  const error = refusal(url, allow);
  return error ? explainRefusal(error) : '';
};

describe('what an operator can do about a refusal', () => {
  it.each([
    ['http://127.0.0.1:9000/hook', '127.0.0.1:9000'],
    ['http://127.0.0.2/', '127.0.0.2:80'],
    ['https://192.168.1.20/', '192.168.1.20:443'],
    ['http://10.1.2.3:3000/a?b', '10.1.2.3:3000'],
    ['http://100.64.0.7/', '100.64.0.7:80'],
    ['http://[::1]:9000/', '[::1]:9000'],
    ['http://[fd12:3456::1]/', '[fd12:3456::1]:80'],
    ['http://8.8.4.4/', '8.8.4.4:80'],
    ['http://vault.example.com/', 'vault.example.com:80'],
    ['http://localhost:8080/', 'localhost:8080'],
    ['http://NAS.lan./', 'nas.lan:80'],
    ['http://nas/', 'nas:80'],
    ['http://printer.home.arpa:631/', 'printer.home.arpa:631'],
  ])('for %s it is the very line that allows it', (url, entry) => {
    expect(refusal(url)?.name).toBe('Refused');
    const line = /write the line FETCH_ALLOW_HOSTS=(\S+) into \.env .* restart VaultStream\.$/.exec(told(url))?.[1];
    expect(line).toBe(entry);
    expect(refusal(url, line)).toBeNull();
    const more = /add ,(\S+) to the end of the line FETCH_ALLOW_HOSTS in \.env .* restart VaultStream\.$/;
    expect(more.exec(told(url, '192.0.2.1'))?.[1]).toBe(entry);
    expect(told(url, '192.0.2.1')).not.toContain('192.0.2.1');
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://[fe80::1]/',
    'http://[fe80::7]/',
    'http://[fd00:ec2::254]/',
    'http://[fd20:ce::254]/',
    'http://100.100.100.200/latest/meta-data/',
    'http://168.63.129.16/',
    'http://metadata/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://instance-data.ec2.internal/',
    'http://kubernetes.default.svc/',
    'http://0.0.0.0/',
    'http://255.255.255.255/',
    'http://224.0.0.1/',
    'http://192.0.2.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://[::127.0.0.1]/',
    'http://127.1/',
    'http://2130706433/',
    'http://a.onion/',
    'http://a.i2p/',
    'http://a..lan/',
    'http://user:pass@nas.lan/',
    'ftp://nas.lan/',
    'http://example.com:22/',
  ])('for %s there is none', (url) => {
    expect(refusal(url)).not.toBeNull();
    expect(told(url)).not.toContain('FETCH_ALLOW_HOSTS');
  });
});
