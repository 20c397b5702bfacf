import type { SecretSource } from '../../core/secret.ts'

/** How one instance is reached. */
export interface PostgresEndpoint {
  /** As platform.yaml names it: `auth-db`. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: SecretSource | undefined
  /** `require`: TLS or nothing. `prefer`: TLS where the server has it. */
  readonly tls: 'require' | 'prefer' | 'off'
  /** PEM. With it the server's certificate must be signed by this authority and made out to this host. */
  readonly ca?: SecretSource | undefined
}
