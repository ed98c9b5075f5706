pipeline('all-words') {
    description 'Its keys have every part that a file can give them'
    prepare {
        dataset 'data/tickets.jsonl', format: preference
        maxBadRows 10
        redact email, phone, replacement: mask
        deduplicate exact
        split train: 90.percent, validation: 5.percent, test: 5.percent
        maxTokens 512
    }
    initialize {
        model 'models/base', digest: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
        require licence: ['apache-2.0', 'mit'], parameters: 200.million
        freeze layers: 0..1
    }
    setup {
        resources memory: 24.gb, queue: 'septet-gpu'
        precision bf16
        seed 42
        search { learningRate 1e-4, 2e-4; rank 8, 16; trials 4; steps 150 }
    }
    train {
        method lora { rank 4; alpha 8; dropout 0.05; targets 'q_proj', 'v_proj' }
        epochs 3
        batch size: 8, accumulate: 4
        optimizer adamw { weightDecay 0.01 }
        learningRate cosine(peak: 2e-4, warmup: 2.steps)
        preserve l2sp: 0.01
        preserve ewc: 100.0, from: 'data/general.jsonl', rows: 20.rows
        objective dpo { beta 0.1 }
        checkpoint every: 200.steps, keep: 3
        stop patience: 3, on: validationLoss
        onNonFinite rollBack
        timeout 6.hours
    }
    evaluate {
        metric perplexity, below: 12.0
        compare champion, tolerance: 1.percent
        forgetting suite: 'data/suite.jsonl', maxDrop: 1.percent
    }
    deploy {
        quantize int8
        target directory('models/support')
        target http { port 8081 }
        approval from: 'ml-oncall', within: 24.hours
        canary 10.percent, hold: 30.minutes
    }
    monitor {
        every 6.hours
        drift psi, on: promptLength, above: 0.2
        onDrift retrain, cooldown: 3.days
    }
}
