/** What the page asks the engine to do. Every answer is shown to the user: done, or why not. */

export interface Outcome {
  readonly done: boolean;
  /** Empty when done. */
  readonly message: string;
}

export async function post(path: string, token: string, body: object): Promise<Outcome> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...body, operator: 'console' }),
    });
    if (response.ok) return { done: true, message: '' };
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return { done: false, message: `${error.code}: ${error.message}` };
  } catch {
    return {
      done: false,
      message: 'the engine does not answer: use `gyrfalcon kill` on its machine',
    };
  }
}
