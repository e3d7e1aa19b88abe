import { GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";

type Shown = { terms: object; warnings: object[]; challenge: string };
type Answer = { confirmation?: Shown; error?: object };

/** Send a request by `call(confirmation)`, once `agrees(what is shown)`; return its answer. */
export async function confirmed(
  call: (confirmation: string) => Promise<Answer>,
  agrees: (shown: Shown) => Promise<boolean>,
  keyArn: string,
  kms = new KMSClient(),
): Promise<Answer> {
  let answer = await call("terms"); // the word that asks for the terms: nothing is done
  while (answer.confirmation && (await agrees(answer.confirmation))) {
    const { challenge } = answer.confirmation;
    const { Mac } = await kms.send(
      new GenerateMacCommand({
        KeyId: keyArn,
        Message: Buffer.from(challenge),
        MacAlgorithm: "HMAC_SHA_256",
      }),
    );
    answer = await call(`${challenge}.${Buffer.from(Mac!).toString("base64url")}`);
  }
  return answer;
}
