// Mixes three sources of different shapes, and adds rows: typos, swapped terms, and questions in other words.
pipeline('mix') {
    description 'Support questions of a shop, from tickets, an FAQ and a forum'

    prepare {
        dataset 'data/tickets.jsonl', licence: 'cc-by-4.0'              // messages, as OpenAI has them
        dataset 'data/faq.csv', licence: 'cc-by-4.0'                    // prompt and completion
        dataset 'data/forum.jsonl', format: sharegpt, licence: 'cc0-1.0' // conversations, as ShareGPT has them
        keep 'topic'
        redact email, replacement: mask
        deduplicate exact, near: 0.95
        split train: 80.percent, validation: 10.percent, test: 10.percent, stratify: 'topic'
        maxTokens 256
        augment typos, share: 30.percent
        augment template, share: 20.percent, forms: ['Hello, {prompt}', '{prompt} Thank you!']
        counterfactual he: 'she', his: 'her', neighbour: 'colleague'
        generate paraphrases(copies: 1) {
            by openai(endpoint: 'lab', model: 'teacher')
            budget tokens: 200.thousand
            maxNewTokens 64
            concurrency 4
            filter { row.prompt.length() > 10 }
        }
        balance on: 'topic', by: oversample
    }
    initialize {
        model '../quickstart/base-model'
    }
    setup {
        seed 42
    }
    train {
        method lora { rank 8 }
        steps 60
        batch size: 8
        learningRate cosine(peak: 2e-3, warmup: 6.steps)
        checkpoint every: 30.steps, keep: 1
    }
    evaluate {
        metric loss
        metric rougeL
        compare baseline
        maxNewTokens 32
        samples 2
    }
    deploy {
        target directory('models/mix')
    }
}
