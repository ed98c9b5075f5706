pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora { rank 8 }
        steps 200
        batch size: 8
        optimizer adamw { weightDecay 0.01 }
        learningRate cosine(peak: 2e-4)
        clip 0.5
        checkpoint every: 100.steps
        validate every: 50.steps
        stop patience: 3
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate { metric loss }
}
