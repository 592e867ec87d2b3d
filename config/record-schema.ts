import * as z from 'zod'

/** Values by name. zod leaves a member named `__proto__` out without a word, and with it the rule that it stands for. */
export function record<Key extends z.ZodType<string>, Value extends z.ZodType>(key: Key, value: Value) {
  return z
    .unknown()
    .superRefine((members, context) => {
      if (Object.hasOwn(Object(members), '__proto__'))
        context.addIssue({
          code: 'custom',
          path: ['__proto__'],
          message: 'should not be the name of a property that every object has',
        })
    })
    .pipe(z.record(key, value))
}
