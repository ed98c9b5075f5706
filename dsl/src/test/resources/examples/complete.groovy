def loraRank = param('lora-rank', 16)          // overridable when the run is started

pipeline('support-assistant') {
    description 'SmolLM2 tuned to answer support tickets'

    prepare {
        dataset 'data/tickets.jsonl', format: chat
        maxBadRows 10
        redact email, phone, card, replacement: mask
        deduplicate exact
        split train: 90.percent, validation: 5.percent, test: 5.percent
        maxTokens 512
    }
    initialize {
        model 'models/base', digest: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
        require licence: ['apache-2.0', 'mit'], parameters: 200.million
        freeze layers: 0..11
    }
    setup {
        resources gpus: 1, memory: 24.gb, queue: 'septet-gpu'
        precision bf16
        seed 42
        search { learningRate 1e-4, 2e-4, 5e-4; rank 8, 16; trials 4; steps 150 }
    }
    train {
        method lora { rank loraRank; alpha 2 * loraRank; dropout 0.05; targets 'q_proj', 'v_proj' }
        epochs 3
        batch size: 8, accumulate: 4
        optimizer adamw { weightDecay 0.01 }
        learningRate cosine(peak: 2e-4, warmup: 100.steps)
        clip 1.0
        checkpoint every: 200.steps, keep: 3
        validate every: 100.steps
        stop patience: 3, on: validationLoss
        onNonFinite rollBack
        timeout 6.hours
        heartbeat 30.seconds
        retry attempts: 5, backoff: 30.seconds, factor: 2.0
    }
    evaluate {
        metric perplexity, below: 12.0
        metric rougeL, above: 0.35
        compare baseline, tolerance: 1.percent
        forgetting suite: 'data/general.jsonl', maxDrop: 1.percent
        limit 200
        maxNewTokens 64
        samples 8
    }
    deploy {
        quantize int8
        target directory('models/support')
        target ollama('support', directory: 'models/ollama')
    }
    monitor {
        every 6.hours
        log 'audit.jsonl'
        minimum 200
        drift psi, on: promptLength, above: 0.2
        drift perplexity, rise: 15.percent
        onDrift retrain, cooldown: 3.days
    }
}
